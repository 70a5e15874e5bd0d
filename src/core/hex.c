#include "core/hex.h"

void hex_format(char *out, const unsigned char *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digit[bytes[i] >> 4];
		out[2 * i + 1] = digit[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

static int value_of(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

bool hex_parse(unsigned char *out, size_t len, const char *digits)
{
	for (size_t i = 0; i < len; i++) {
		int high = value_of(digits[2 * i]);
		int low = high < 0 ? -1 : value_of(digits[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return digits[2 * len] == '\0';
}
