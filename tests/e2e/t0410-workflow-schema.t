#!/bin/sh
# The editors' schema takes every shipped workflow and refuses broken ones.
. "$SRCDIR/tests/lib/tap.sh"

python3 -c 'import jsonschema, yaml' 2>/dev/null || {
	echo "1..0 # SKIP python3-jsonschema and python3-yaml are not installed"
	exit 0
}

cat >validate.py <<'END'
import json, sys
import jsonschema, yaml

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
errors = list(jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(open(sys.argv[2]))))
for error in errors:
    print(error.json_path, error.message)
sys.exit(1 if errors else 0)
END

schema=$SRCDIR/contrib/editor/referee-workflow.schema.json
for file in "$SRCDIR"/workflows/*.yml "$SRCDIR"/workflows/built-in/*.yml \
	"$SRCDIR"/tests/data/workflows/good/*.yml; do
	ok "${file##*/} fits" python3 validate.py "$schema" "$file"
done
for file in "$SRCDIR"/tests/data/workflows/bad/*.yml; do
	ok "${file##*/} does not fit" exits 1 python3 validate.py "$schema" "$file"
done

# The table of broken workflows that the loader is tested with: what is wrong
# with them the schema sees too, but for what no schema can say.
cat >table.py <<'END'
import json, re, sys
import jsonschema, yaml

schema = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))
source = open(sys.argv[2]).read()
# Names of what there is, circles, what is there twice, how far a number may
# go, the languages of patterns and expressions, YAML itself.
beyond = re.compile(sys.argv[3])
token = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Z_]{3,})|([{},])|/\*.*?\*/|\s+', re.S)


def strings(text, macros):
    """Rows of the initialiser: a list of strings each."""
    rows, depth, row, at = [], 0, [""], 0
    while at < len(text):
        found = token.match(text, at)
        if not found:
            return None
        at = found.end()
        if found[1] is not None:
            row[-1] += json.loads('"' + found[1].replace("\\'", "'").replace("\\x", "\\u00").replace("\\a", "\\u0007") + '"')
        elif found[2]:
            row[-1] += macros[found[2]]
        elif found[3] == "{":
            depth, row = depth + 1, [""]
        elif found[3] == "," and depth:
            row.append("")
        elif found[3] == "}":
            depth -= 1
            rows.append(row)
    return rows


macros = {}
for name, value in re.findall(r"#define ([A-Z_]+)\s+((?:.*\\\n)*.*)", source):
    parsed = None
    try:
        parsed = strings("{" + value.replace("\\\n", "\n") + "}", macros)
    except (KeyError, ValueError):
        pass
    if parsed:
        macros[name] = parsed[0][0]
body = re.search(r"\} broken\[\] = \{\n(.*?)\n\};", source, re.S)[1]
rows = strings(body, macros)
missed = []
for text, said in (row[:2] for row in rows):
    if all(beyond.search(line) for line in said.splitlines()):
        continue
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        continue
    if schema.is_valid(document):
        missed.append((text, said))
print(len(rows), "rows")
for text, said in missed:
    print(repr(text), "is taken, although:", said)
sys.exit(len(rows) < 60 or bool(missed))
END
ok 'the schema refuses what the loader refuses' python3 table.py "$schema" \
	"$SRCDIR/tests/unit/workflow/test_workflow.c" \
	"unknown (agent|service|phase)|circle|repeated|no agent is called|there twice|a second rule|for itself|[0-9]s to [0-9]|pattern '[^']|no expression|500\.\.10|180%|only for pull requests"
finish
