package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.torch.Projection.MergedProjection.Merged;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The named parameters as views into the flat vectors. Autograd adds a leaf's gradient in place to
 * an existing gradient tensor. That tensor is a view here, so the flat gradient is complete when
 * backward returns.
 */
final class Weights implements AutoCloseable {
  private static final String FIRST_FACTOR = ".v.weight";

  private final Map<String, Tensor> values = new HashMap<>();
  private final Map<String, Tensor> gradients = new HashMap<>();
  private final Map<String, Merged> merged = new HashMap<>();

  Weights(ParameterTable table, Tensor parameters, Tensor gradient) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      for (Parameter parameter : table.parameters()) {
        Tensor value = view(parameters, parameter).detach();
        Tensor grad = view(gradient, parameter);
        value.set_requires_grad(true);
        value.mutable_grad().put(grad);
        value.retainReference();
        grad.retainReference();
        values.put(parameter.name(), value);
        gradients.put(parameter.name(), grad);
      }
    }
  }

  private Weights(Map<String, Tensor> values) {
    this.values.putAll(values);
  }

  /**
   * Returns the same values without gradients, for decoding. They share memory with these, except
   * matrices of another type, which are copied. They live as long as the calling scope.
   */
  Weights frozen(ScalarType matrices) {
    Map<String, Tensor> frozen = new HashMap<>();
    values.forEach(
        (name, value) -> {
          Tensor detached = value.detach();
          frozen.put(name, value.dim() >= 2 ? detached.to(matrices) : detached);
        });
    return new Weights(frozen);
  }

  /**
   * Computes the products of factors where {@code merge} requires it; they live as long as the
   * calling scope.
   */
  void merge(FactorMerge merge, TorchDevice device) {
    for (String key : List.copyOf(values.keySet())) {
      if (key.endsWith(FIRST_FACTOR)) {
        String name = key.substring(0, key.length() - FIRST_FACTOR.length());
        merge(name, value(name + ".u.weight"), value(key), merge, device);
      }
    }
  }

  private void merge(String name, Tensor u, Tensor v, FactorMerge merge, TorchDevice device) {
    long in = v.size(-1) * (v.dim() == 2 ? 1 : v.size(0));
    long out = u.dim() == 2 ? u.size(0) : u.size(0) * u.size(1);
    long tokens = MergeCrossover.tokens(merge, u, v, in * out, device);
    if (tokens == 0) {
      return;
    }
    Tensor product = device.zeros(u.scalar_type(), out, in);
    try (PointerScope scope = new PointerScope()) {
      Tensor identity = torch.eye(in, device.options(u.scalar_type()));
      product.copy_(Projection.ofFactors(u, v, new TensorOptional()).apply(identity).t());
    }
    merged.put(name, new Merged(product, tokens));
  }

  /** The product of a projection's factors, if it has been merged. */
  Optional<Merged> merged(String name) {
    return Optional.ofNullable(merged.get(name));
  }

  /** The parameter, a leaf that requires a gradient. */
  Tensor value(String name) {
    return values.get(name);
  }

  /** The parameter; empty if the model has none with this name. */
  TensorOptional optional(String name) {
    return has(name) ? new TensorOptional(value(name)) : new TensorOptional();
  }

  /** The tensor that accumulates the parameter's gradient. */
  Tensor gradient(String name) {
    return gradients.get(name);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  private static Tensor view(Tensor flat, Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return flat.narrow(0, parameter.offset(), parameter.size()).view(shape);
  }

  @Override
  public void close() {
    gradients.values().forEach(Tensor::close);
    values.values().forEach(Tensor::close);
  }
}
