#ifndef CODE_MAP_GRAPH_H
#define CODE_MAP_GRAPH_H

#include "code/map.h"
#include "code/words.h"

/** \file
 * What map.c, map_rank.c and map_text.c share. Not for others.
 */

struct definition {
	char *signature;
	char *name;
	uint64_t word;
	uint32_t node;
	uint32_t line;
	uint32_t next_same_word; /* plus 1; 0: none */
	int depth;               /* in types */
	bool is_type;
	double weight; /* of a reference to it, before the counts */
	double rank;
};

/* A file refers to a definition. */
struct reference {
	uint32_t definition;
	float weight;
};

/* A file. */
struct node {
	char *path;
	bool in_question;
	enum layer layer;
	struct word_map words; /* how often it uses each */
	size_t first_definition, definition_count;
	struct reference *references;
	size_t reference_count, reference_cap;
	double out_weight, rank, pull;
};

struct map {
	struct node *nodes;
	size_t node_count, node_cap;
	struct definition *definitions;
	size_t definition_count, definition_cap;
	struct word_map defined;  /* the last definition of a word, plus 1 */
	struct word_map definers; /* how many a word has */
	size_t layers[LAYER_COUNT];
	size_t coordinators, reducers, presenters, interactors, view_models;
	size_t bytes;
	bool is_cut, is_ranked;
};

#endif /* CODE_MAP_GRAPH_H */
