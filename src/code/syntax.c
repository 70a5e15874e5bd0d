#include "code/lexer.h"

#define C_COMMENTS .line_comment = { "//" }, .block_comments = true

const struct syntax syntaxes[LANG_COUNT] = {
	[LANG_SWIFT] = {
		C_COMMENTS,
		.block_comments_nest = true,
		.quotes = "\"",
		.has_triple = true,
		.triple_has_escapes = true,
		.has_hashes = true,
		.has_regex = true,
		.has_backticks = true,
		.interpolation = INTERPOLATION_PAREN,
	},
	[LANG_KOTLIN] = {
		C_COMMENTS,
		.block_comments_nest = true,
		.quotes = "\"",
		.has_chars = true,
		.has_triple = true,
		.has_backticks = true,
		.interpolation = INTERPOLATION_BRACE,
	},
	[LANG_KOTLIN_SCRIPT] = {
		C_COMMENTS,
		.block_comments_nest = true,
		.quotes = "\"",
		.has_chars = true,
		.has_triple = true,
		.has_backticks = true,
		.interpolation = INTERPOLATION_BRACE,
	},
	[LANG_JAVA] = {
		C_COMMENTS,
		.quotes = "\"",
		.has_chars = true,
		.has_triple = true,
		.triple_has_escapes = true,
	},
	[LANG_OBJC] = {
		C_COMMENTS,
		.quotes = "\"",
		.has_chars = true,
	},
	[LANG_OBJCXX] = {
		C_COMMENTS,
		.quotes = "\"",
		.has_chars = true,
		.has_cxx_raw = true,
	},
	[LANG_C_HEADER] = {
		C_COMMENTS,
		.quotes = "\"",
		.has_chars = true,
	},
	[LANG_C] = {
		C_COMMENTS,
		.quotes = "\"",
		.has_chars = true,
	},
	[LANG_XML] = {
		.has_tags = true,
		.quotes = "\"'",
		.raw_quotes = "\"'",
		.strings_span_lines = true,
	},
	[LANG_PLIST] = {
		.has_tags = true,
		.quotes = "\"'",
		.raw_quotes = "\"'",
		.strings_span_lines = true,
	},
	[LANG_GRADLE] = {
		C_COMMENTS,
		.quotes = "\"'",
		.has_triple = true,
		.triple_has_escapes = true,
		.interpolation = INTERPOLATION_BRACE,
	},
	[LANG_PROPERTIES] = {
		.line_comment = { "#", "!" },
		.comment_place = COMMENT_LINE_START,
	},
	[LANG_ENV] = {
		.line_comment = { "#" },
		.comment_place = COMMENT_AFTER_SPACE,
		.quotes = "\"'",
		.raw_quotes = "'",
		.strings_start_tokens = true,
	},
	[LANG_XCCONFIG] = {
		.line_comment = { "//" },
	},
	[LANG_STRINGS] = {
		C_COMMENTS,
		.quotes = "\"",
		.strings_span_lines = true,
	},
	[LANG_JSON] = {
		.quotes = "\"",
	},
	[LANG_YAML] = {
		.line_comment = { "#" },
		.comment_place = COMMENT_AFTER_SPACE,
		.quotes = "\"'",
		.raw_quotes = "'",
		.strings_start_tokens = true,
	},
	[LANG_TOML] = {
		.line_comment = { "#" },
		.quotes = "\"'",
		.raw_quotes = "'",
		.has_triple = true,
		.triple_has_escapes = true,
	},
	[LANG_PROGUARD] = {
		.line_comment = { "#" },
	},
};
