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
finish
