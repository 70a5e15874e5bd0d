#include "code/grammar.h"

#include <string.h>

#include "code/outline.h"
#include "core/attr.h"

static const struct word swift_words[] = {
	{ "actor", ROLE_TYPE, SYMBOL_ACTOR },
	{ "async", ROLE_CONTINUES, 0 },
	{ "borrowing", ROLE_MODIFIER, 0 },
	{ "class", ROLE_TYPE, SYMBOL_CLASS },
	{ "consuming", ROLE_MODIFIER, 0 },
	{ "convenience", ROLE_MODIFIER, 0 },
	{ "deinit", ROLE_INIT, 0 },
	{ "distributed", ROLE_MODIFIER, 0 },
	{ "dynamic", ROLE_MODIFIER, 0 },
	{ "enum", ROLE_TYPE, SYMBOL_ENUM },
	{ "extension", ROLE_TYPE, SYMBOL_EXTENSION },
	{ "fileprivate", ROLE_VISIBILITY, VISIBILITY_FILE },
	{ "final", ROLE_MODIFIER, 0 },
	{ "func", ROLE_FUNCTION, 0 },
	{ "indirect", ROLE_MODIFIER, 0 },
	{ "infix", ROLE_MODIFIER, 0 },
	{ "init", ROLE_INIT, 0 },
	{ "internal", ROLE_VISIBILITY, VISIBILITY_INTERNAL },
	{ "isolated", ROLE_MODIFIER, 0 },
	{ "lazy", ROLE_MODIFIER, 0 },
	{ "let", ROLE_PROPERTY, 0 },
	{ "mutating", ROLE_MODIFIER, 0 },
	{ "nonisolated", ROLE_MODIFIER, 0 },
	{ "nonmutating", ROLE_MODIFIER, 0 },
	{ "open", ROLE_VISIBILITY, VISIBILITY_OPEN },
	{ "optional", ROLE_MODIFIER, 0 },
	{ "override", ROLE_OVERRIDE, 0 },
	{ "package", ROLE_VISIBILITY, VISIBILITY_INTERNAL },
	{ "postfix", ROLE_MODIFIER, 0 },
	{ "prefix", ROLE_MODIFIER, 0 },
	{ "private", ROLE_VISIBILITY, VISIBILITY_PRIVATE },
	{ "protocol", ROLE_TYPE, SYMBOL_PROTOCOL },
	{ "public", ROLE_VISIBILITY, VISIBILITY_PUBLIC },
	{ "required", ROLE_MODIFIER, 0 },
	{ "rethrows", ROLE_CONTINUES, 0 },
	{ "static", ROLE_MODIFIER, 0 },
	{ "struct", ROLE_TYPE, SYMBOL_STRUCT },
	{ "subscript", ROLE_INIT, 0 },
	{ "throws", ROLE_CONTINUES, 0 },
	{ "unowned", ROLE_MODIFIER, 0 },
	{ "var", ROLE_PROPERTY, 0 },
	{ "weak", ROLE_MODIFIER, 0 },
	{ "where", ROLE_CONTINUES, 0 },
};

static const struct word kotlin_words[] = {
	{ "abstract", ROLE_MODIFIER, 0 },
	{ "actual", ROLE_MODIFIER, 0 },
	{ "annotation", ROLE_MODIFIER, 0 },
	{ "as", ROLE_CONTINUES, 0 },
	{ "by", ROLE_DELEGATE, 0 },
	{ "catch", ROLE_CONTINUES, 0 },
	{ "class", ROLE_TYPE, SYMBOL_CLASS },
	{ "companion", ROLE_MODIFIER, 0 },
	{ "const", ROLE_MODIFIER, 0 },
	{ "constructor", ROLE_INIT, 0 },
	{ "crossinline", ROLE_MODIFIER, 0 },
	{ "data", ROLE_MODIFIER, 0 },
	{ "else", ROLE_CONTINUES, 0 },
	{ "enum", ROLE_MODIFIER, 0 },
	{ "expect", ROLE_MODIFIER, 0 },
	{ "external", ROLE_MODIFIER, 0 },
	{ "final", ROLE_MODIFIER, 0 },
	{ "finally", ROLE_CONTINUES, 0 },
	{ "for", ROLE_CONTROL, 0 },
	{ "fun", ROLE_FUNCTION, 0 },
	{ "get", ROLE_ACCESSOR, 0 },
	{ "if", ROLE_CONTROL, 0 },
	{ "infix", ROLE_MODIFIER, 0 },
	{ "init", ROLE_INIT, 0 },
	{ "inline", ROLE_MODIFIER, 0 },
	{ "inner", ROLE_MODIFIER, 0 },
	{ "interface", ROLE_TYPE, SYMBOL_PROTOCOL },
	{ "internal", ROLE_VISIBILITY, VISIBILITY_INTERNAL },
	{ "lateinit", ROLE_MODIFIER, 0 },
	{ "noinline", ROLE_MODIFIER, 0 },
	{ "object", ROLE_TYPE, SYMBOL_OBJECT },
	{ "open", ROLE_MODIFIER, 0 },
	{ "operator", ROLE_MODIFIER, 0 },
	{ "override", ROLE_OVERRIDE, 0 },
	{ "private", ROLE_VISIBILITY, VISIBILITY_PRIVATE },
	{ "protected", ROLE_VISIBILITY, VISIBILITY_PROTECTED },
	{ "public", ROLE_VISIBILITY, VISIBILITY_PUBLIC },
	{ "reified", ROLE_MODIFIER, 0 },
	{ "sealed", ROLE_MODIFIER, 0 },
	{ "set", ROLE_ACCESSOR, 0 },
	{ "suspend", ROLE_MODIFIER, 0 },
	{ "tailrec", ROLE_MODIFIER, 0 },
	{ "val", ROLE_PROPERTY, 0 },
	{ "value", ROLE_MODIFIER, 0 },
	{ "var", ROLE_PROPERTY, 0 },
	{ "vararg", ROLE_MODIFIER, 0 },
	{ "where", ROLE_CONTINUES, 0 },
	{ "while", ROLE_CONTROL, 0 },
};

static const struct word java_words[] = {
	{ "abstract", ROLE_MODIFIER, 0 },
	{ "assert", ROLE_CONTROL, 0 },
	{ "catch", ROLE_CONTROL, 0 },
	{ "class", ROLE_TYPE, SYMBOL_CLASS },
	{ "default", ROLE_MODIFIER, 0 },
	{ "do", ROLE_CONTROL, 0 },
	{ "else", ROLE_CONTROL, 0 },
	{ "enum", ROLE_TYPE, SYMBOL_ENUM },
	{ "final", ROLE_MODIFIER, 0 },
	{ "for", ROLE_CONTROL, 0 },
	{ "if", ROLE_CONTROL, 0 },
	{ "import", ROLE_CONTROL, 0 },
	{ "interface", ROLE_TYPE, SYMBOL_PROTOCOL },
	{ "native", ROLE_MODIFIER, 0 },
	{ "new", ROLE_NEW, 0 },
	{ "package", ROLE_CONTROL, 0 },
	{ "private", ROLE_VISIBILITY, VISIBILITY_PRIVATE },
	{ "protected", ROLE_VISIBILITY, VISIBILITY_PROTECTED },
	{ "public", ROLE_VISIBILITY, VISIBILITY_PUBLIC },
	{ "record", ROLE_TYPE, SYMBOL_RECORD },
	{ "return", ROLE_CONTROL, 0 },
	{ "sealed", ROLE_MODIFIER, 0 },
	{ "static", ROLE_MODIFIER, 0 },
	{ "strictfp", ROLE_MODIFIER, 0 },
	{ "switch", ROLE_CONTROL, 0 },
	{ "synchronized", ROLE_MODIFIER, 0 },
	{ "transient", ROLE_MODIFIER, 0 },
	{ "try", ROLE_CONTROL, 0 },
	{ "volatile", ROLE_MODIFIER, 0 },
	{ "while", ROLE_CONTROL, 0 },
};

static const struct word c_words[] = {
	{ "__attribute__", ROLE_CONTROL, 0 },
	{ "alignas", ROLE_CONTROL, 0 },
	{ "catch", ROLE_CONTROL, 0 },
	{ "class", ROLE_TYPE, SYMBOL_CLASS },
	{ "const", ROLE_MODIFIER, 0 },
	{ "do", ROLE_CONTROL, 0 },
	{ "else", ROLE_CONTROL, 0 },
	{ "enum", ROLE_TYPE, SYMBOL_ENUM },
	{ "explicit", ROLE_MODIFIER, 0 },
	{ "extern", ROLE_MODIFIER, 0 },
	{ "for", ROLE_CONTROL, 0 },
	{ "if", ROLE_CONTROL, 0 },
	{ "inline", ROLE_MODIFIER, 0 },
	{ "namespace", ROLE_NAMESPACE, 0 },
	{ "new", ROLE_CONTROL, 0 },
	{ "noexcept", ROLE_CONTROL, 0 },
	{ "return", ROLE_CONTROL, 0 },
	{ "sizeof", ROLE_CONTROL, 0 },
	{ "static", ROLE_VISIBILITY, VISIBILITY_PRIVATE },
	{ "static_assert", ROLE_CONTROL, 0 },
	{ "struct", ROLE_TYPE, SYMBOL_STRUCT },
	{ "switch", ROLE_CONTROL, 0 },
	{ "try", ROLE_CONTROL, 0 },
	{ "typedef", ROLE_ALIAS, 0 },
	{ "typeof", ROLE_CONTROL, 0 },
	{ "union", ROLE_TYPE, SYMBOL_STRUCT },
	{ "virtual", ROLE_MODIFIER, 0 },
	{ "while", ROLE_CONTROL, 0 },
};

#define WORDS(list) .words = (list), .word_count = ARRAY_LEN(list)

static const struct grammar swift = {
	WORDS(swift_words),
	.visibility = VISIBILITY_INTERNAL,
	.has_line_ends = true,
	.has_conditionals = true,
};

static const struct grammar kotlin = {
	WORDS(kotlin_words),
	.visibility = VISIBILITY_PUBLIC,
	.has_line_ends = true,
	.has_headers_by_token = true,
};

static const struct grammar java = {
	WORDS(java_words),
	.visibility = VISIBILITY_PACKAGE,
	.has_calls_as_names = true,
	.has_fields = true,
};

static const struct grammar objc = {
	WORDS(c_words),
	.visibility = VISIBILITY_INTERNAL,
	.has_calls_as_names = true,
	.has_preprocessor = true,
	.has_at_words = true,
	.has_c_types = true,
};

static const struct grammar c_header = {
	WORDS(c_words),
	.visibility = VISIBILITY_PUBLIC,
	.has_calls_as_names = true,
	.has_preprocessor = true,
	.has_at_words = true,
	.has_c_types = true,
};

static const struct grammar *const grammars[LANG_COUNT] = {
	[LANG_SWIFT] = &swift,
	[LANG_KOTLIN] = &kotlin,
	[LANG_KOTLIN_SCRIPT] = &kotlin,
	[LANG_JAVA] = &java,
	[LANG_OBJC] = &objc,
	[LANG_OBJCXX] = &objc,
	[LANG_C_HEADER] = &c_header,
	[LANG_C] = &objc,
};

const struct grammar *grammar_of(enum lang lang)
{
	return grammars[lang];
}

/* Words that begin with no letter come first, in slot 0 with the a's. */
static int letter_of(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' : 0;
}

void grammar_index(uint8_t first[GRAMMAR_LETTERS],
		   const struct grammar *grammar)
{
	size_t word = 0;

	for (int letter = 0; letter < GRAMMAR_LETTERS; letter++) {
		while (word < grammar->word_count &&
		       letter_of(grammar->words[word].text[0]) < letter)
			word++;
		first[letter] = (uint8_t)word;
	}
	first[GRAMMAR_LETTERS - 1] = (uint8_t)grammar->word_count;
}

const struct word *grammar_find(const struct grammar *grammar,
				const uint8_t first[GRAMMAR_LETTERS],
				const char *text, size_t len)
{
	int letter = letter_of(text[0]);

	for (size_t i = first[letter]; i < first[letter + 1]; i++) {
		const char *word = grammar->words[i].text;

		if (!strncmp(word, text, len) && !word[len])
			return &grammar->words[i];
	}
	return NULL;
}
