package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.dl4j.MergedProduct.Merged;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Read-only views of a model's parameters, and the products of merged factors. */
final class DecodingViews implements Views, AutoCloseable {
  private static final String FIRST_FACTOR = "v.weight";

  private final Views stored;
  private final Map<String, Merged> merged = new HashMap<>();

  DecodingViews(ParameterTable table, INDArray parameters) {
    this.stored = TableViews.of(table, parameters, null);
  }

  /** Computes the products of factors where {@code merge} requires it. */
  void merge(ParameterTable table, FactorMerge merge, Kernels kernels) {
    for (Parameter parameter : table.parameters()) {
      if (parameter.name().endsWith("." + FIRST_FACTOR)) {
        int end = parameter.name().length() - FIRST_FACTOR.length();
        merge(parameter.name().substring(0, end), merge, kernels);
      }
    }
  }

  private void merge(String prefix, FactorMerge merge, Kernels kernels) {
    INDArray u = value(prefix + "u.weight");
    try (Pass pass = new Pass(kernels, u.dataType());
        Scratch inner = new Scratch(u.dataType())) {
      Projection factors = new Projection(stored, prefix, pass, inner);
      long dense = (long) factors.out() * factors.in();
      long tokens = MergeCrossover.tokens(merge, u, value(prefix + FIRST_FACTOR), dense);
      if (tokens > 0) {
        INDArray product = Nd4j.create(u.dataType(), new long[] {factors.out(), factors.in()}, 'c');
        merged.put(prefix, new Merged(product, tokens));
        factors.multiplyFactors(product);
      }
    }
  }

  @Override
  public boolean has(String name) {
    return stored.has(name);
  }

  @Override
  public INDArray value(String name) {
    return stored.value(name);
  }

  @Override
  public INDArray gradient(String name) {
    throw new IllegalStateException("decoding has no gradient");
  }

  @Override
  public Optional<Merged> merged(String prefix) {
    return Optional.ofNullable(merged.get(prefix));
  }

  /** The views of one layer, by their names in the layer. */
  Views of(String layer) {
    return new LayerViews(this, layer);
  }

  /** Frees the products. */
  @Override
  public void close() {
    merged.values().forEach(product -> product.matrix().close());
    merged.clear();
  }

  /**
   * Parameters by their names without a prefix, so that layers of one shape share scratch memory.
   *
   * @param prefix that is removed from the names
   */
  private record LayerViews(Views all, String prefix) implements Views {

    @Override
    public boolean has(String name) {
      return all.has(prefix + name);
    }

    @Override
    public INDArray value(String name) {
      return all.value(prefix + name);
    }

    @Override
    public INDArray gradient(String name) {
      return all.gradient(prefix + name);
    }

    @Override
    public Optional<Merged> merged(String rest) {
      return all.merged(prefix + rest);
    }
  }
}
