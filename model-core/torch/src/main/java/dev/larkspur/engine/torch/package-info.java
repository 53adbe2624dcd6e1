/**
 * The engine on LibTorch: the paper's decoders, their loss and their optimiser step, on CPUs and on
 * CUDA GPUs.
 *
 * <p>Every part is differentiated by hand: a {@link dev.larkspur.engine.torch.Pass} runs a module
 * forward and knows its backward pass, which adds the gradients of parameters to the flat vector.
 * {@link dev.larkspur.engine.torch.SavedTensors} keeps what the backward pass of a layer needs, and
 * nothing else of the forward pass survives it. Layers report when their gradients are complete, so
 * that their exchange starts while earlier layers are differentiated. Matrix products run in the
 * type of the computation, on one copy of the parameters a step; residual sums, norms, the softmax
 * of the loss and all gradients of parameters are in fp32. Autograd remains where LibTorch's fused
 * attention is used, on GPUs.
 */
package dev.larkspur.engine.torch;
