package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.torch.MergedProjection.Merged;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The named parameters and their gradients, as views into the flat vectors, and the values in the
 * type of the computation.
 */
final class Weights {
  private static final String FIRST_FACTOR = ".v.weight";

  private final Map<String, Tensor> values = new HashMap<>();
  private final Map<String, Tensor> computed = new HashMap<>();

  /** In the order of the flat vectors. */
  private final Map<String, ParameterGradient> gradients = new LinkedHashMap<>();

  private final ParameterTable table;
  private final Map<String, ColumnSum> columns = new HashMap<>();
  private final Map<String, Merged> merged = new HashMap<>();

  /**
   * Takes views of flat vectors of the same layout, which live as long as the calling scope.
   *
   * @param copy of the parameters in the type of the computation; may be the parameters
   */
  Weights(ParameterTable table, Tensor parameters, Tensor gradient, Tensor copy) {
    this.table = table;
    for (Parameter parameter : table.parameters()) {
      values.put(parameter.name(), view(parameters, parameter));
      computed.put(parameter.name(), view(copy, parameter));
      gradients.put(parameter.name(), new ParameterGradient(view(gradient, parameter)));
    }
  }

  private Weights(ParameterTable table) {
    this.table = table;
  }

  /**
   * Returns the same values without gradients, for decoding. They share memory with these, except
   * matrices of another type or order, which are copied. They live as long as the calling scope.
   */
  Weights frozen(ScalarType matrices, TorchDevice device) {
    Weights frozen = new Weights(table);
    values.forEach(
        (name, value) -> {
          if (isLookedUp(name)) {
            return;
          }
          Tensor detached = value.detach();
          WeightMatrix matrix =
              isByColumn(device, matrices, value.dim())
                  ? byColumn(detached.transpose(-2, -1), matrices, device)
                  : new WeightMatrix(detached.to(matrices), null);
          frozen.values.put(name, detached);
          frozen.computed.put(name, matrix.value());
          frozen.columns.put(name, matrix.columns());
        });
    return frozen;
  }

  /** Whether single rows of the tensor are read, which decoding does from these weights. */
  private boolean isLookedUp(String name) {
    return name.equals("positions.weight")
        || (name.equals("embedding.weight") && !name.equals(LanguageModelHead.matrixName(this)));
  }

  /** LibTorch multiplies fp32 matrices by a vector as fast as memory is read, but no others. */
  private static boolean isByColumn(TorchDevice device, ScalarType type, long axes) {
    return device.isCpu() && (axes == 3 || (axes == 2 && type == ScalarType.BFloat16));
  }

  /** A matrix stored by column, from the transposed one. */
  private static WeightMatrix byColumn(Tensor transposed, ScalarType type, TorchDevice device) {
    Tensor stored = device.zeros(type, transposed.sizes().vec().get());
    stored.copy_(transposed);
    return byColumn(stored, device);
  }

  private static WeightMatrix byColumn(Tensor stored, TorchDevice device) {
    return new WeightMatrix(
        stored.transpose(-2, -1), null, new ColumnSum(stored, device.device().threads()));
  }

  /**
   * Computes the products of factors where {@code merge} requires it; they live as long as the
   * calling scope.
   */
  void merge(FactorMerge merge, TorchDevice device) {
    for (String key : List.copyOf(values.keySet())) {
      if (key.endsWith(FIRST_FACTOR)) {
        String name = key.substring(0, key.length() - FIRST_FACTOR.length());
        merge(name, computed.get(name + ".u.weight"), computed.get(key), merge, device);
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
    ScalarType type = u.scalar_type().intern();
    Tensor transposed = device.zeros(type, in, out);
    try (PointerScope scope = new PointerScope()) {
      transposed.copy_(
          Projection.ofFactors(new WeightMatrix(u, null), new WeightMatrix(v, null), Bias.NONE)
              .apply(torch.eye(in, device.options(type))));
    }
    WeightMatrix product =
        isByColumn(device, type, 2)
            ? byColumn(transposed, device)
            : new WeightMatrix(transposed.t().contiguous(), null);
    merged.put(name, new Merged(product, tokens));
  }

  /** The product of a projection's factors, if it has been merged. */
  Optional<Merged> merged(String name) {
    return Optional.ofNullable(merged.get(name));
  }

  /** The type of the computation. */
  ScalarType type() {
    return computed.values().iterator().next().scalar_type().intern();
  }

  /** The parameter as it is stored. */
  Tensor value(String name) {
    return values.get(name);
  }

  /** The matrix, or the matrices of blocks, stored under a name. */
  WeightMatrix matrix(String name) {
    return new WeightMatrix(computed.get(name), gradients.get(name), columns.get(name));
  }

  /** The bias stored under a name; none if the model has none with this name. */
  Bias bias(String name) {
    return has(name) ? new Bias(computed.get(name), gradients.get(name)) : Bias.NONE;
  }

  /** The parameter; empty if the model has none with this name. */
  TensorOptional optional(String name) {
    return has(name) ? new TensorOptional(value(name)) : new TensorOptional();
  }

  /** Accumulates the parameter's gradient; null if there are none. */
  ParameterGradient gradient(String name) {
    return gradients.get(name);
  }

  /** Sets all gradients to zero. */
  void clearGradients() {
    gradients.values().forEach(ParameterGradient::clear);
  }

  /**
   * Writes the pending zeros of cleared gradients to memory.
   *
   * @param from offset of the first parameter in the flat vectors
   */
  void materializeGradients(long from) {
    for (Parameter parameter : table.parameters()) {
      if (parameter.offset() >= from) {
        gradients.get(parameter.name()).materialize();
      }
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  private static Tensor view(Tensor flat, Parameter parameter) {
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return flat.narrow(0, parameter.offset(), parameter.size()).view(shape);
  }
}
