#ifndef CODE_LAYER_H
#define CODE_LAYER_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * Which part of an app's architecture a type belongs to, guessed from the last
 * word of its name, as people name them.
 */

/** In order: each may know those that follow, not those before it. */
enum layer {
	LAYER_UNKNOWN,
	LAYER_VIEW,         /* View, Screen, Fragment, ViewController      */
	LAYER_NAVIGATION,   /* Router, Coordinator, Wireframe              */
	LAYER_PRESENTATION, /* ViewModel, Presenter, Reducer, Store        */
	LAYER_DOMAIN,       /* UseCase, Interactor                         */
	LAYER_REPOSITORY,   /* Repository                                  */
	LAYER_DATA,         /* DataSource, Dao, Api, Database              */
};

#define LAYER_COUNT (LAYER_DATA + 1)

/** "view", "domain". Static. */
const char *layer_name(enum layer layer);

/** By the name of a type. */
enum layer layer_of_type(const char *name, size_t len);

/** May a type of layer `from` use one of layer `to`? Views reach data through
 * what is between, and nothing reaches back up to views. */
bool layer_may_use(enum layer from, enum layer to);

#endif /* CODE_LAYER_H */
