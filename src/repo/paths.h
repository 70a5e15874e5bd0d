#ifndef REPO_PATHS_H
#define REPO_PATHS_H

#include <stdbool.h>

/** \file
 * What a file of a mobile project is, from its path. Pure; any thread.
 */
enum file_class {
	CLASS_SOURCE,
	CLASS_TEST,
	CLASS_GENERATED, /* written by a tool: R.swift, *.pb.swift, build/   */
	CLASS_VENDORED,  /* other people's: Pods/, Carthage/, node_modules/  */
	CLASS_LOCK,      /* Podfile.lock, Package.resolved, gradle.lockfile  */
	CLASS_PROJECT,   /* .pbxproj, .xcworkspacedata, .iml                 */
	CLASS_INTERFACE, /* .storyboard, .xib, layout XML                    */
	CLASS_STRINGS,   /* .strings, .xcstrings, strings.xml                */
	CLASS_GRADLE,    /* build.gradle(.kts), libs.versions.toml           */
	CLASS_MANIFEST,  /* AndroidManifest.xml                              */
	CLASS_PLIST,
	CLASS_ENTITLEMENTS,
	CLASS_PROGUARD,
	CLASS_ASSET,    /* images, fonts, .xcassets                         */
	CLASS_DOCUMENT, /* Markdown, text                                   */
	CLASS_CONFIG,   /* YAML, JSON, TOML, xcconfig, properties, scripts  */
	CLASS_OTHER,
};

#define CLASS_COUNT (CLASS_OTHER + 1)

/** As written in records and JSON: "source", "lock". Static. */
const char *class_name(enum file_class file_class);

/** By path alone. Names of folders that tools and package managers use count
 * only above `src`, `Sources` and the like: com/acme/build/ is a package. */
enum file_class class_of_path(const char *path);

/** The same for a path that is known to be neither generated nor vendored. */
enum file_class class_of_own(const char *path);

/** Do people review it line by line? Not generated, vendored, lock, project,
 * interface files and assets. */
bool class_is_reviewed(enum file_class file_class);

#endif /* REPO_PATHS_H */
