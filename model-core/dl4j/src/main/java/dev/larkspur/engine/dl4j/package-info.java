/**
 * The engine on Deeplearning4j: a decoder as a ComputationGraph of layers with hand-written passes
 * over ND4J.
 */
package dev.larkspur.engine.dl4j;
