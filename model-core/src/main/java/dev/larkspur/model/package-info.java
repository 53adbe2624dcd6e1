/**
 * What is trained: the decoder's configuration, the table of its parameters inside one flat vector,
 * and the counts of parameters and floating-point operations that the paper reports (Wei et al.,
 * arXiv 2407.09835). Pure Java: no engine.
 */
package dev.larkspur.model;
