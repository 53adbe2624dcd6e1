/**
 * What every engine must do, as abstract JUnit classes: an engine's own tests extend each with the
 * engine that they test.
 */
package dev.larkspur.engine.contract;
