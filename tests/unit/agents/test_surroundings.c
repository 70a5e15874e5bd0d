#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/surroundings.h"
#include "change.h"
#include "code/redact.h"
#include "code/secrets.h"
#include "core/alloc.h"
#include "secret_sample.h"

/* An app with a type that the change uses, its tests, and tests of others. */
#define APP                                                              \
	"mkdir -p App AppTests && "                                      \
	"printf 'final class Keychain {\\n    func save(token: String) " \
	"{}\\n}\\n' >App/Keychain.swift && "                             \
	"printf 'final class Session {\\n    func signIn() {\\n    "     \
	"}\\n}\\n' >App/Session.swift && "                               \
	"printf 'class SessionTests: XCTestCase {\\n    func "           \
	"testSignIn() {}\\n}\\n' >AppTests/SessionTests.swift && "       \
	"printf 'class OtherTests: XCTestCase {\\n    func testOther() " \
	"{}\\n}\\n' >AppTests/OtherTests.swift"
#define KEEPS_TOKEN                                                      \
	"printf 'final class Session {\\n    func signIn() {\\n        " \
	"UserDefaults.standard.set(token, forKey: \"access_token\")\\n"  \
	"        Keychain().save(token: token)\\n    }\\n}\\n' "         \
	">App/Session.swift"

static size_t index_of(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->changeset.file_count; i++)
		if (!strcmp(change->changeset.files[i].path, path))
			return i;
	cr_fatal("no file %s", path);
	return 0;
}

static struct surroundings *load(struct change *change,
				 const struct oid *trusted)
{
	struct surroundings *out = NULL;
	struct err err = ERR_INIT;

	must(surroundings_load(&out, change->repo, change->sources, trusted,
			       &err));
	return out;
}

static void has(const char *text, const char *wanted)
{
	cr_expect(text && strstr(text, wanted), "no '%s' in: %s", wanted,
		  text ? text : "(nothing)");
}

static void hasnt(const char *text, const char *unwanted)
{
	cr_expect(text == NULL || !strstr(text, unwanted), "'%s' in: %s",
		  unwanted, text);
}

Test(surroundings, tell_rules_declarations_and_tests)
{
	struct change change;
	struct surroundings *around;
	const char *rules;

	change_init(&change, APP, KEEPS_TOKEN);
	around = load(&change, NULL);
	rules = surroundings_rules(around,
				   index_of(&change, "App/Session.swift"));
	has(rules, "line 3: major: ");
	has(rules, "(ios-userdefaults-secret)\n");
	has(surroundings_map(around), "Keychain");
	has(surroundings_map(around), "save(token: String)");
	has(surroundings_tests(around), "AppTests/SessionTests.swift\n");
	has(surroundings_tests(around), "testSignIn()");
	hasnt(surroundings_tests(around), "OtherTests");
	surroundings_free(around);
	change_release(&change);
}

/* Who has nothing to be told is told nothing. */
Test(surroundings, of_no_code_there_is_nothing)
{
	struct change change;
	struct surroundings *around;

	change_init(&change, "echo a >notes.txt", "echo b >notes.txt");
	around = load(&change, NULL);
	cr_expect(surroundings_rules(around, 0) == NULL);
	cr_expect(surroundings_map(around) == NULL);
	cr_expect(surroundings_tests(around) == NULL);
	surroundings_free(around);
	change_release(&change);
	surroundings_free(NULL);
}

/* What was there before is not the change's. */
Test(surroundings, rules_speak_of_added_lines)
{
	struct change change;
	struct surroundings *around;

	change_init(&change, APP " && " KEEPS_TOKEN,
		    "echo '// the end' >>App/Session.swift");
	around = load(&change, NULL);
	cr_expect(surroundings_rules(around, 0) == NULL, "%s",
		  surroundings_rules(around, 0));
	surroundings_free(around);
	change_release(&change);
}

/* Rules of the project: those of the trusted commit, not of the head. */
Test(surroundings, rules_are_those_of_the_trusted_commit)
{
	static const char rule[] =
		"mkdir -p .referee/rules && printf 'rules:\\n  - id: "
		"acme-%1$s\\n    title: No %2$s\\n    languages: [swift]\\n"
		"    view: code\\n    words: [%2$s]\\n    pattern: %2$s\\n"
		"    message: No.\\n    fix: None.\\n    severity: minor\\n"
		"    category: style\\n    examples:\\n      match: "
		"[\"%2$s()\"]\\n      no_match: [\"x()\"]\\n' "
		">.referee/rules/%1$s.yml";
	struct change change;
	struct surroundings *around;
	char before[2000], after[2000];
	const char *rules;
	struct err err = ERR_INIT;
	struct oid base;
	size_t at;

	at = (size_t)snprintf(before, sizeof(before), APP " && ");
	snprintf(before + at, sizeof(before) - at, rule, "trusted", "frob");
	at = (size_t)snprintf(after, sizeof(after),
			      "echo 'frob(); grob()' >>App/Session.swift && ");
	snprintf(after + at, sizeof(after) - at, rule, "hostile", "grob");
	change_init(&change, before, after);
	must(repo_resolve(&base, change.repo, "HEAD^", &err));
	around = load(&change, &base);
	rules = surroundings_rules(around,
				   index_of(&change, "App/Session.swift"));
	has(rules, "(acme-trusted)");
	hasnt(rules, "acme-hostile");
	surroundings_free(around);
	change_release(&change);
}

/* Files that the change does not touch may hold secrets, too. */
Test(surroundings, are_redacted)
{
	struct change change;
	struct surroundings *around;
	struct sources *redacted = NULL;
	struct redactor *redactor;
	struct secrets *secrets = NULL;
	struct err err = ERR_INIT;
	uint64_t seed = 7;
	char *before;
	struct buf token;
	const char *secret;

	buf_init(&token, 1000);
	secret_sample(&token, "ghp_{w36}", &seed);
	secret = token.ptr;
	before = xstrf(
		APP " && printf 'class SessionTests: XCTestCase {\\n    func "
		    "testSignIn(token: String = \"%s\") {}\\n}\\n' "
		    ">AppTests/SessionTests.swift && printf 'final class "
		    "Keychain {\\n    func save(token: String = \"%s\") "
		    "{}\\n}\\n' >App/Keychain.swift",
		secret, secret);
	change_init(&change, before, KEEPS_TOKEN);
	must(secrets_shared(&secrets, NULL, &err));
	redactor = redactor_new(secrets);
	must(sources_load(&redacted, change.repo, &change.changeset, redactor,
			  &err));
	must(surroundings_load(&around, change.repo, redacted, NULL, &err));
	has(surroundings_tests(around), "testSignIn");
	hasnt(surroundings_tests(around), secret);
	hasnt(surroundings_map(around), secret);
	surroundings_free(around);
	sources_free(redacted);
	redactor_free(redactor);
	change_release(&change);
	free(before);
	buf_release(&token);
}

/* Hundreds of tests of one file, and one that is too large to be read. */
Test(surroundings, are_bounded)
{
	struct change change;
	struct surroundings *around;

	change_init(&change,
		    APP " && { echo 'class SessionTests: XCTestCase {'; "
			"seq -f '    func testNumber%.0f() {}' 500; echo '}'; "
			"} >AppTests/SessionTests.swift && "
			"{ echo 'class SessionUITests: XCTestCase {'; head -c "
			"9000000 /dev/zero | tr '\\000' ' '; echo '}'; } "
			">AppTests/SessionUITests.swift && "
			"for i in $(seq 300); do printf 'final class "
			"Number%d {\\n    func use(of: Keychain) "
			"{}\\n}\\n' $i >App/Number$i.swift; done",
		    KEEPS_TOKEN);
	around = load(&change, NULL);
	has(surroundings_tests(around), "testNumber40()");
	hasnt(surroundings_tests(around), "testNumber41()");
	cr_expect(lt(sz, strlen(surroundings_map(around)), 4 * 2000 * 2));
	surroundings_free(around);
	change_release(&change);
}
