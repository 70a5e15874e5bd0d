#include "app/process.h"

#include "repo/repo.h"

void process_setup(void)
{
	repo_setup();
}

void process_teardown(void)
{
	repo_teardown();
}
