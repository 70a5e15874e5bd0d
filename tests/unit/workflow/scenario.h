#ifndef TESTS_UNIT_WORKFLOW_SCENARIO_H
#define TESTS_UNIT_WORKFLOW_SCENARIO_H

#include "change.h"
#include "io_fake.h"
#include "workflow/run.h"

/** \file
 * One run over scripted services and a virtual clock: what a workflow does with
 * a change when its agents are answered like this. Services one, two and
 * offline; agents a to d say findings, writer, reviewer and runner make, judge
 * and run files, as the shipped ones do, and author writes documents.
 */

/** What a service says to an agent. The first row that fits counts. */
struct scene {
	const char *agent;   /* NULL: any                       */
	const char *service; /* NULL: any                       */
	const char *answer;  /* NULL: `fault`                   */
	enum fault fault;
	int64_t ms; /* until it is there; 0: 1000 */
	int64_t cost_nusd;
	bool hangs, is_cut;
};

/** One question as it was asked. */
struct question {
	char *agent, *service, *task; /* the last part of its prompt */
	int64_t at_ms;
};

struct scenario {
	struct change change;
	struct settings settings;
	struct agent_list agents;
	struct workflow *workflow;
	struct plan plan;
	struct strvec test_command;
	struct loop *loop;
	struct gateway *gateway;
	struct service services[3];
	const struct scene *scenes;
	size_t scene_count;
	struct question questions[32];
	size_t question_count;
	struct run *run; /* NULL: done */
	int done;
	struct run_record record;
	int64_t took_ms;
	int concurrency;   /* set before scenario_run() */
	bool together;     /* likewise: services take several agents at once */
	int64_t cancel_ms; /* 0: never                  */
	const struct ci_tests *ci;
	struct run_record *earlier;
};

/** `workflow` is what follows the trigger. */
void scenario_open(struct scenario *scenario, const char *workflow);
void scenario_close(struct scenario *scenario);
void scenario_run(struct scenario *scenario, const struct scene *scenes,
		  size_t count);

const struct task_record *scenario_task(const struct scenario *scenario,
					const char *agent);
/** Of its first question; NULL: it was not asked. */
const struct question *scenario_asked(const struct scenario *scenario,
				      const char *agent);
size_t scenario_times(const struct scenario *scenario, const char *agent,
		      const char *service);

#define NOTHING "{\"findings\": [], \"summary\": \"Nothing.\"}"
#define FINDING(title)                                                     \
	"{\"findings\": [{\"path\": \"A.swift\", \"line\": 2, \"quote\": " \
	"\"let b = try! f()\", \"severity\": \"major\", \"category\": "    \
	"\"bug\", \"title\": \"" title "\", \"body\": \"It crashes.\"}], " \
	"\"summary\": \"One.\"}"

#endif /* TESTS_UNIT_WORKFLOW_SCENARIO_H */
