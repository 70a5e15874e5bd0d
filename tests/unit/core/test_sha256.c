#include "unit.h"

#include "core/hex.h"
#include "core/sha256.h"

Test(sha256, agrees_with_the_standard)
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex("abc", 3, hex); /* FIPS 180-2, appendix B.1 */
	cr_assert(
		eq(str, hex,
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
		   "0015ad"));
}

Test(sha256, fields_do_not_run_together)
{
	char first[SHA256_HEX_SIZE], second[SHA256_HEX_SIZE];
	struct sha256 *sha = sha256_new();

	sha256_add_field(sha, "ab", 2);
	sha256_add_field(sha, "c", 1);
	sha256_end(sha, first);
	sha = sha256_new();
	sha256_add_field(sha, "a", 1);
	sha256_add_field(sha, "bc", 2);
	sha256_end(sha, second);
	cr_assert(ne(str, first, second));
}

Test(hex, reads_only_whole_digits)
{
	unsigned char out[2];

	cr_assert(hex_parse(out, 2, "00fF"));
	cr_assert(eq(int, out[1], 255));
	cr_assert(not(hex_parse(out, 2, "00f")));
	cr_assert(not(hex_parse(out, 2, "00ffa")));
	cr_assert(not(hex_parse(out, 2, "00fg")));
}
