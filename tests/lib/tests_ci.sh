# shellcheck shell=sh
# A project on the fake GitHub whose CI runs generated tests. After github.sh.
# $work, $token, $api are of those before it.
# shellcheck disable=SC2154

# new_ci_project: app and app.git, with a workflow that writes and reviews tests.
new_ci_project()
{
	new_app app
	mkdir -p app/.referee/workflows answers
	cat >app/.referee/workflows/tests.yml <<-'YML'
		name: Tests
		trigger: { event: pull_request }
		agents:
		  - name: test-generation-agent
		    service: writer
		  - name: test-review-agent
		    service: reviewer
		  - name: test-runner
		execution: sequential
		output: { create_files: true, github_comment: true, commit_status: true }
	YML
	git -C app add .
	git -C app commit -q -m 'Tests are written'
	git clone -q --bare app app.git
	git -C app remote add origin "$work/app.git"
	for name in writer reviewer; do
		printf '#!/bin/sh\ncat >/dev/null\necho %s >>"%s/calls"\ncat "%s/answers/%s"\n' \
			$name "$work" "$work" $name >$name
		chmod +x $name
	done
	cat >answers/writer <<-'JSON'
		{"files": [
		 {"path": "iosTests/SessionTests.swift", "content": "// one\n", "why": "It holds.", "covers": null},
		 {"path": "iosTests/WrongTests.swift", "content": "// wrong\n", "why": "No.", "covers": null}],
		 "summary": "Two."}
	JSON
	cat >answers/reviewer <<-'JSON'
		{"items": [
		 {"name": "iosTests/SessionTests.swift", "verdict": "keep", "reason": "Fine."},
		 {"name": "iosTests/WrongTests.swift", "verdict": "drop", "reason": "Wrong."}],
		 "summary": "One kept."}
	JSON
}

# ci_config: after start_github.
ci_config()
{
	write_config
	sed -i "s|^url = .*|url = $work/app.git\ntests = ci|" referee.conf
	for name in writer reviewer; do
		printf '[service "%s"]\nkind = command\ncommand = %s/%s\n' $name "$work" $name >>referee.conf
	done
	REFEREE_CONFIG=$work/referee.conf
	export REFEREE_CONFIG
}

poll()
{
	referee poll >out.txt 2>err.txt
	status=$?
	test $status = 0 || cat out.txt err.txt
	return $status
}

open_ci_pull()
{
	open_bad_pull "$@"
}

# branch NUMBER: of referee's, for that pull.
branch()
{
	echo "referee/tests/pull-$1"
}

# says_ci NUMBER status|check JSON: of the branch as it is, or was last.
says_ci()
{
	sha=$(git -C app.git rev-parse -q --verify "refs/heads/$(branch "$1")") ||
		sha=$(git -C app.git rev-parse "refs/pull/$(($1 + 1))/head")
	hub "$2" "{\"sha\": \"$sha\", $3}" >/dev/null
}

# in_minutes N: for REFEREE_CLOCK.
in_minutes()
{
	echo $(($(date +%s) + $1 * 60))
}

# remembers NUMBER EXPRESSION: about the state of a pull.
remembers()
{
	git -C app.git show "refs/referee/pulls:pulls/$(($1 / 100))/$1.json" >pull.json
	python3 -c 'import json, sys
state = json.load(open("pull.json"))
sys.exit(0 if eval(sys.argv[1], state) else print(json.dumps(state, indent=1)) or 1)' "$2"
}

# in_record NUMBER PART VALUE: about what the test runner answered on that pull.
in_record()
{
	run=$(git -C app.git notes --ref=referee show "topic/$1" |
		sed -n 's/^Referee-Run: [^ ]* tests [a-z]* \(..\)\(..\)\([0-9a-f]*\) .*/\1\/\2\/\3/p')
	path=$(git -C app.git ls-tree -r --name-only refs/referee/runs |
		grep "^$run.*/agents/test-runner.json$")
	git -C app.git show "refs/referee/runs:$path" >run.json
	python3 -c 'import json, sys
answer = json.load(open("run.json"))["answer"]
made, wanted = eval("answer" + sys.argv[1]), eval(sys.argv[2])
sys.exit(0 if made == wanted else print(json.dumps(answer, indent=1)) or 1)' "$2" "$3"
}
