#include "core/words.h"

#include <ctype.h>
#include <string.h>

#include "core/buf.h"
#include "core/limits.h"

/* One word from *at on, which is not white space; *at ends behind it. */
static int add_word(struct buf *word, const char **at, struct err *err)
{
	char quote = '\0';

	for (; **at && (quote || !isspace((unsigned char)**at)); (*at)++) {
		char ch = **at;

		if (quote && ch == quote)
			quote = '\0';
		else if (!quote && (ch == '\'' || ch == '"'))
			quote = ch;
		else if (ch == '\\' && quote != '\'' && (*at)[1])
			buf_addch(word, *++*at);
		else
			buf_addch(word, ch);
	}
	if (quote)
		return err_set(err, ERR_INVALID, "has an unclosed %c", quote);
	return 0;
}

int words_split(struct strvec *out, const char *text, struct err *err)
{
	struct buf word;
	int ret = -1;

	buf_init(&word, LIMIT_CONFIG_LINE);
	while (*(text += strspn(text, " \t\r\n\v\f"))) {
		buf_reset(&word);
		if (add_word(&word, &text, err) < 0 ||
		    buf_check(&word, "a word", err) < 0)
			goto out;
		strvec_add(out, word.ptr);
	}
	ret = 0;
out:
	buf_release(&word);
	return ret;
}
