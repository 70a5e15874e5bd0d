/*
 * Outline and views of made-up source, 10 MB a language, against the design's
 * 80 MB/s; and the worst of some hostile texts, which must not be slower by
 * more than a constant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "code/outline.h"
#include "code/view.h"
#include "core/alloc.h"
#include "core/attr.h"

#define BYTES  (10u * 1024 * 1024)
#define WANTED 80.0 /* MB/s */

static const char swift[] =
	"/// Keeps the session.\n"
	"public final class Session%d: NSObject, Codable {\n"
	"    private(set) var token: String = \"abc \\(name) def\"\n"
	"    public func load(id: String, with options: [Option] = [])\n"
	"        async throws -> Session {\n"
	"        guard let url = URL(string: \"https://x/\\(id)\") else {\n"
	"            throw LoadError.url // cannot be\n"
	"        }\n"
	"        let (data, _) = try await session.data(from: url)\n"
	"        return try decoder.decode(Session.self, from: data)\n"
	"    }\n"
	"}\n";

static const char kotlin[] =
	"/** Keeps the session. */\n"
	"class Session%d @Inject constructor(private val api: Api) : VM() {\n"
	"    val state: StateFlow<State> = MutableStateFlow(State.Empty)\n"
	"    suspend fun load(id: String, retry: Int = 3): Result<Session> =\n"
	"        runCatching { api.load(\"id-$id-${retry + 1}\") }\n"
	"    override fun onCleared() {\n"
	"        if (job.isActive) { job.cancel() } // no longer needed\n"
	"        super.onCleared()\n"
	"    }\n"
	"}\n";

static const char java[] =
	"public class Session%d extends Base implements Closeable {\n"
	"  private static final String KEY = \"key\";\n"
	"  @Override public void close() throws IOException {\n"
	"    for (int i = 0; i < items.size(); i++) { items.get(i).close(); }\n"
	"    listener.onDone(new Runnable() { public void run() { go(); } });\n"
	"  }\n"
	"}\n";

static const char objc[] =
	"@implementation Session%d\n"
	"- (void)load:(NSString *)key done:(void (^)(NSData *))done {\n"
	"  if (self.isOpen) { done([self dataForKey:@\"a key\"]); }\n"
	"}\n"
	"@end\n";

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t fill(char *text, const char *sample)
{
	const char *hole = strstr(sample, "%d");
	size_t len = 0;

	for (int i = 0; len + strlen(sample) + 16 < BYTES; i++)
		len += (size_t)sprintf(text + len, "%.*s%d%s",
				       (int)(hole - sample), sample, i,
				       hole + 2);
	return len;
}

static double rate_of_outline(const char *text, size_t len, enum lang lang)
{
	double start = seconds(), best = 0;

	for (int round = 0; round < 3; round++) {
		struct outline outline;
		double rate;

		start = seconds();
		outline_make(&outline, text, len, lang);
		rate = (double)len / 1e6 / (seconds() - start);
		outline_release(&outline);
		best = rate > best ? rate : best;
	}
	return best;
}

static double rate_of_view(char *out, const char *text, size_t len,
			   enum lang lang)
{
	double start = seconds();

	code_view(out, text, len, lang, VIEW_CODE);
	return (double)len / 1e6 / (seconds() - start);
}

int main(void)
{
	static const struct {
		enum lang lang;
		const char *sample;
	} samples[] = {
		{ LANG_SWIFT, swift },
		{ LANG_KOTLIN, kotlin },
		{ LANG_JAVA, java },
		{ LANG_OBJC, objc },
	};
	static const char *const hostile[] = {
		"{",
		"}",
		"class A {",
		"fun <",
		"func a()\n\n\n",
		"\"\\(",
		"#if\n",
		"/*",
		"@A(",
		"a(",
		"#\"",
		"\n",
		"val x = ",
		"@end\n",
		"- (",
		"new A(){",
		"class A\n@",
		"`",
		"int a = ",
	};
	char *text = xcalloc(BYTES + 16, 1), *out = xcalloc(BYTES, 1);
	double worst = 1e9;
	const char *worst_unit = "";

	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		enum lang lang = samples[i].lang;
		size_t len = fill(text, samples[i].sample);
		double rate = rate_of_outline(text, len, lang);

		printf("outline of %-7s %5.0f MB/s, %.1fx of what is wanted; "
		       "view %5.0f MB/s\n",
		       lang_name(lang), rate, rate / WANTED,
		       rate_of_view(out, text, len, lang));
	}
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		size_t unit = strlen(hostile[i]), len = BYTES / 10;

		for (size_t at = 0; at < len; at += unit)
			memcpy(text + at, hostile[i], unit);
		for (size_t j = 0; j < ARRAY_LEN(samples); j++) {
			double rate = rate_of_outline(text, len,
						      samples[j].lang);

			if (rate < worst) {
				worst = rate;
				worst_unit = hostile[i];
			}
		}
	}
	printf("outline of the worst of %zu hostile texts ('%.*s') %.0f MB/s\n",
	       ARRAY_LEN(hostile), (int)strcspn(worst_unit, "\n"), worst_unit,
	       worst);
	free(text);
	free(out);
	return EXIT_SUCCESS;
}
