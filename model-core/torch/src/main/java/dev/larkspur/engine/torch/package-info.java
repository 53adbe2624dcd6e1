/**
 * The engine on LibTorch: decoders as the paper has them, their loss and their optimiser step, on
 * CPUs and on CUDA GPUs.
 *
 * <p>The decoder layers run under autograd. The embedding and the language-model head, which hold
 * the largest tensors and may share one, are differentiated by hand: their gradients go straight
 * into the flat vector, and the logits exist once. Each layer is a graph of its own, so that the
 * exchange of its gradient can begin while the layers before it are differentiated.
 */
package dev.larkspur.engine.torch;
