/**
 * Deeplearning4j's own training of several replicas as strategies of the setting {@code
 * training.strategy}.
 */
package dev.larkspur.strategy.dl4j;
