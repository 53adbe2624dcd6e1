/**
 * The engine on LibTorch: the paper's decoders, their loss and their optimiser step, on CPUs and on
 * CUDA GPUs.
 *
 * <p>The decoder layers run under autograd. The embedding and the language-model head, which hold
 * the largest tensors and may share one, are differentiated by hand: their gradients are written
 * directly to the flat vector, and only one copy of the logits exists. Each layer has a separate
 * graph, so that the exchange of its gradient can start while earlier layers are differentiated.
 */
package dev.larkspur.engine.torch;
