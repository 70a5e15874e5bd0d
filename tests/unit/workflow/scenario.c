#include "scenario.h"

#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"

/* The scenario under way: services have no place for it. */
static struct scenario *now;

struct service_call {
	struct service_result result;
	const struct scene *scene;
	service_done_fn *done;
	void *payload;
	struct loop_timer *timer;
};

static void end_call(const struct err *err, void *payload)
{
	struct service_call *call = payload;

	call->result.reply.cost_nusd = call->scene->cost_nusd;
	if (call->scene->is_cut)
		call->result.reply.stop = STOP_TRUNCATED;
	if (err)
		service_result_fail(&call->result, FAULT_CANCELLED, "%s",
				    err->msg);
	else if (call->scene->answer)
		buf_addstr(&call->result.reply.text, call->scene->answer);
	else
		service_result_fail(&call->result,
				    call->scene->hangs ? FAULT_TIMEOUT
						       : call->scene->fault,
				    "scripted");
	call->done(&call->result, call->payload);
	service_result_release(&call->result);
	free(call);
}

static const struct scene *find_scene(const char *agent, const char *service)
{
	for (size_t i = 0; i < now->scene_count; i++) {
		const struct scene *scene = &now->scenes[i];

		if ((!scene->agent || !strcmp(scene->agent, agent)) &&
		    (!scene->service || !strcmp(scene->service, service)))
			return scene;
	}
	cr_fatal("%s has no answer for %s", service, agent);
	return NULL;
}

static int start(struct service_call **out, const struct service *service,
		 const struct chat *chat, const struct service_host *host,
		 service_done_fn *done, void *payload, struct err *err)
{
	struct service_call *call = xcalloc(1, sizeof(*call));
	const struct scene *scene = find_scene(chat->agent, service->name);
	int64_t ms = scene->hangs ? host->timeout_ms
				  : (scene->ms ? scene->ms : 1000);

	cr_assert(now->question_count < ARRAY_LEN(now->questions));
	now->questions[now->question_count++] = (struct question){
		.agent = xstrdup(chat->agent),
		.service = xstrdup(service->name),
		.task = xstrdup(chat->prompt->task),
		.at_ms = fake_now_ms(),
	};
	service_result_init(&call->result);
	call->scene = scene;
	call->done = done;
	call->payload = payload;
	*out = call;
	return loop_timer_start(&call->timer, host->loop, ms, end_call, call,
				err);
}

static void on_cancelled(const struct err *err, void *payload)
{
	(void)err;
	end_call(&(struct err){ .code = ERR_CANCELLED, .msg = "cancelled" },
		 payload);
}

static void cancel(struct service_call *call)
{
	struct err err = ERR_INIT;

	loop_timer_cancel(call->timer);
	must(loop_timer_start(&call->timer, now->loop, 0, on_cancelled, call,
			      &err));
}

static const struct service_ops scripted = {
	.kind = "scripted",
	.start = start,
	.cancel = cancel,
};

static const struct service_ops scripted_general = {
	.kind = "scripted-general",
	.takes_any_schema = true,
	.start = start,
	.cancel = cancel,
};

static const struct service_ops scripted_local = {
	.kind = "scripted-local",
	.is_local = true,
	.start = start,
	.cancel = cancel,
};

static void add_agent(struct scenario *scenario, const char *name,
		      const char *answer)
{
	struct mistakes mistakes = { 0 };
	char *path = xstrf("agents/%s.md", name);
	char *text = xstrf("---\nname: %s\nanswer: %s\n"
			   "context: [change, results]\n---\nDo it.\n",
			   name, answer);

	cr_assert(agent_list_add(&scenario->agents, path, text, strlen(text),
				 &mistakes));
	mistakes_release(&mistakes);
	free(path);
	free(text);
}

static void load_settings(struct scenario *scenario)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;
	char *path = xstrf("%s/.git/test.conf", scenario->change.sandbox.dir);

	sandbox_run(
		&scenario->change.sandbox,
		"printf '[referee]\\nservice = one\\n"
		"[service \"one\"]\\nkind = command\\ncommand = /bin/cat\\n"
		"[service \"two\"]\\nkind = command\\ncommand = /bin/cat\\n'"
		" >.git/test.conf");
	must(settings_load(&scenario->settings, path, &mistakes, &err));
	cr_assert_eq(mistakes.errors, 0);
	mistakes_release(&mistakes);
	free(path);
}

static void load_workflow(struct scenario *scenario, const char *text)
{
	struct workflow_names names = { &scenario->agents,
					&scenario->settings };
	struct mistakes mistakes = { 0 };
	char *whole = xstrf("name: W\ntrigger: {event: manual}\n%s", text);
	struct buf said;

	scenario->workflow = workflow_parse("w.yml", whole, strlen(whole),
					    &names, &mistakes);
	buf_init(&said, 4096);
	mistakes_format(&said, &mistakes);
	cr_assert(scenario->workflow != NULL, "%s", said.ptr);
	buf_release(&said);
	mistakes_release(&mistakes);
	free(whole);
}

static void add_service(struct scenario *scenario, size_t at, const char *name,
			const struct service_ops *ops)
{
	struct err err = ERR_INIT;

	scenario->services[at] = (struct service){
		.name = name,
		.ops = ops,
		.timeout_ms = 60000,
	};
	must(gateway_add_service(scenario->gateway, &scenario->services[at],
				 &err));
}

void scenario_open(struct scenario *scenario, const char *workflow)
{
	static const char *const finders[] = { "a", "b", "c", "d" };
	const struct gateway_options options = { 0 };
	struct err err = ERR_INIT;

	*scenario = (struct scenario){ 0 };
	change_init(&scenario->change, "echo 'class A {}' >A.swift",
		    "echo 'let b = try! f()' >>A.swift");
	load_settings(scenario);
	for (size_t i = 0; i < ARRAY_LEN(finders); i++)
		add_agent(scenario, finders[i], "findings");
	add_agent(scenario, "writer", "files");
	add_agent(scenario, "reviewer", "verdict");
	add_agent(scenario, "runner", "tests");
	add_agent(scenario, "author", "document");
	load_workflow(scenario, workflow);
	plan_make(&scenario->plan, scenario->workflow, &scenario->agents,
		  &scenario->settings, NULL);
	fake_reset(NULL, NULL);
	must(loop_new(&scenario->loop, &err));
	must(gateway_new(&scenario->gateway, scenario->loop, NULL, &options,
			 &err));
	add_service(scenario, 0, "one", &scripted);
	add_service(scenario, 1, "two", &scripted);
	add_service(scenario, 2, "offline", &scripted_local);
}

static void on_done(struct run_record *record, void *payload)
{
	struct scenario *scenario = payload;

	scenario->record = *record;
	scenario->run = NULL;
	scenario->done++;
	scenario->took_ms = fake_now_ms();
}

static void on_moved(const struct err *err, void *payload)
{
	struct scenario *scenario = payload;

	if (!err && scenario->run)
		run_cancel(scenario->run, "the head moved");
}

void scenario_run(struct scenario *scenario, const struct scene *scenes,
		  size_t count)
{
	struct err err = ERR_INIT;
	const struct run_input input = {
		.plan = &scenario->plan,
		.sources = scenario->change.sources,
		.repo = scenario->change.repo,
		.settings = &scenario->settings,
		.event = "manual",
		.trusted = "1111111111111111111111111111111111111111",
		.concurrency = scenario->concurrency,
		.test_command = &scenario->test_command,
		.ci = scenario->ci,
		.earlier = scenario->earlier,
		.coverage = -1,
	};

	if (scenario->together)
		scenario->services[0].ops = scenario->services[1].ops =
			&scripted_general;
	now = scenario;
	scenario->scenes = scenes;
	scenario->scene_count = count;
	run_start(&scenario->run, scenario->loop, scenario->gateway, &input,
		  on_done, scenario);
	if (scenario->cancel_ms)
		must(loop_timer_start(NULL, scenario->loop, scenario->cancel_ms,
				      on_moved, scenario, &err));
	loop_run(scenario->loop);
	cr_assert_eq(scenario->done, 1, "ended %d times", scenario->done);
}

void scenario_close(struct scenario *scenario)
{
	gateway_free(scenario->gateway);
	loop_free(scenario->loop);
	fake_done();
	for (size_t i = 0; i < scenario->question_count; i++) {
		free(scenario->questions[i].agent);
		free(scenario->questions[i].service);
		free(scenario->questions[i].task);
	}
	run_record_release(&scenario->record);
	plan_release(&scenario->plan);
	workflow_free(scenario->workflow);
	agent_list_release(&scenario->agents);
	settings_release(&scenario->settings);
	strvec_release(&scenario->test_command);
	change_release(&scenario->change);
}

const struct task_record *scenario_task(const struct scenario *scenario,
					const char *agent)
{
	for (size_t i = 0; i < scenario->record.task_count; i++)
		if (!strcmp(scenario->record.tasks[i].agent, agent))
			return &scenario->record.tasks[i];
	cr_fatal("no task %s", agent);
	return NULL;
}

const struct question *scenario_asked(const struct scenario *scenario,
				      const char *agent)
{
	for (size_t i = 0; i < scenario->question_count; i++)
		if (!strcmp(scenario->questions[i].agent, agent))
			return &scenario->questions[i];
	return NULL;
}

size_t scenario_times(const struct scenario *scenario, const char *agent,
		      const char *service)
{
	size_t count = 0;

	for (size_t i = 0; i < scenario->question_count; i++)
		count += !strcmp(scenario->questions[i].agent, agent) &&
			 !strcmp(scenario->questions[i].service, service);
	return count;
}
