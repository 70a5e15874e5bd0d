#include "code/secret_kind.h"

#include "core/attr.h"

/* Credentials of no provider in particular. */
static const struct secret_kind kinds[] = {
	{
		.id = "private-key",
		.title = "Private key",
		.keywords = "PRIVATE KEY",
		.pattern = "-----(?:BEGIN|END)[A-Z ]{0,20}PRIVATE KEY",
		.severity = SEVERITY_CRITICAL,
		.flags = KIND_BLOCK,
	},
	{
		.id = "putty-key",
		.title = "PuTTY private key",
		.keywords = "PuTTY-User-Key-File-",
		.pattern = "Private-MAC: ([0-9a-f]{40,64})",
		.severity = SEVERITY_CRITICAL,
	},
	{
		.id = "jwt",
		.title = "JSON web token",
		.keywords = "eyJ",
		.pattern = "eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-"
			   "Za-z0-9_-]{20,}",
		.like = "eyJ{w20}.eyJ{w40}.{s43}",
		.severity = SEVERITY_MAJOR,
	},
	{
		.id = "bearer-header",
		.title = "Bearer token in a header",
		.keywords = "bearer",
		.pattern = "bearer[ \\t]{1,3}([A-Za-z0-9_.~+/-]{20,}={0,2})",
		.like = "Authorization: Bearer {w32}",
		.severity = SEVERITY_MAJOR,
		.flags = KIND_ANYCASE | KIND_RANDOM,
	},
	{
		.id = "basic-header",
		.title = "Basic credentials in a header",
		.keywords = "basic",
		.pattern = "basic[ \\t]{1,3}([A-Za-z0-9+/]{16,}={0,2})",
		.like = "Authorization: Basic {a24}",
		.severity = SEVERITY_MAJOR,
		.flags = KIND_ANYCASE | KIND_BASIC,
	},
	{
		.id = "url-password",
		.title = "Password in a URL",
		.keywords = "://",
		.pattern =
			"[a-z][a-z0-9+.]{1,11}://[^\\s:@/"
			"\"'<>?#]{1,64}:([^\\s:@/\"'<>]{3,128})@[A-Za-z0-9\\[]",
		.like = "https://ada:{w12}@db.acme.io/x",
		.severity = SEVERITY_MAJOR,
		.flags = KIND_LOOSE,
		.lead = 12,
	},
	{
		.id = "docker-auth",
		.title = "Docker registry credential",
		.keywords = "auth",
		.pattern = "[A-Za-z0-9+/]{20,200}={0,2}",
		.like = "\"auth\": \"{a40}\"",
		.severity = SEVERITY_CRITICAL,
		.flags = KIND_NAMED | KIND_BASIC | KIND_EXACT,
	},
	{
		.id = "generic-password",
		.title = "Password",
		.keywords = "password|passwd|passphrase|pwd|passcode",
		.pattern = "[^\\s\"'<>]{8,64}",
		.like = "val password: String = \"{w12}\"",
		.severity = SEVERITY_MAJOR,
		.flags = KIND_NAMED | KIND_PASSWORD,
	},
	{
		.id = "generic-secret",
		.title = "Secret in the code",
		.keywords =
			"secret|api_key|access_key|private_key|encryption_key|"
			"signing_key|master_key|auth_key|app_key|shared_key|"
			"license_key|token|credential|client_key",
		.pattern = "[A-Za-z0-9_.+/=~:@!#%^&*-]{16,256}",
		.like = "let clientSecret: String = \"{w40}\"",
		.severity = SEVERITY_MAJOR,
		.flags = KIND_NAMED | KIND_RANDOM,
	},
};

const struct secret_table secret_table_general = { kinds, ARRAY_LEN(kinds) };
