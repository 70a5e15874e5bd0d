#include "app/process.h"

#include "io/loop.h"
#include "repo/repo.h"

void process_setup(void)
{
	io_setup();
	repo_setup();
}

void process_teardown(void)
{
	repo_teardown();
}
