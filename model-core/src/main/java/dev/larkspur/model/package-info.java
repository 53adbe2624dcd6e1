/**
 * The model: configuration of the decoder, layout of its parameters in one flat vector, and the
 * counts of parameters and floating-point operations that the paper reports (Wei et al., arXiv
 * 2407.09835). Pure Java: no engine.
 */
package dev.larkspur.model;
