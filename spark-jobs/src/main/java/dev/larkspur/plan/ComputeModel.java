package dev.larkspur.plan;

import dev.larkspur.model.ModelSize;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.List;

/**
 * Time of one pass of one GPU, by a roofline (Williams et al. 2009): a product takes as long as its
 * operations at the share of the peak that products reach, or as its operands on their way from
 * memory, whichever is longer. So a thin factor of a low-rank product costs more than its
 * operations, and the more so the fewer tokens a pass has.
 */
final class ComputeModel {
  /** Forward, and the gradients of both operands. */
  private static final int PRODUCTS = 3;

  private final Workload workload;
  private final List<Parameter> matrices;
  private final double flops;
  private final double bandwidth;
  private final double accesses;

  ComputeModel(Workload workload, GpuType gpu, Assumptions assumptions) {
    this.workload = workload;
    this.matrices = ParameterTable.of(workload.model()).matrices();
    this.flops = assumptions.productShare() * gpu.peak(workload.precision());
    this.bandwidth = assumptions.memoryShare() * gpu.memoryBandwidth();
    this.accesses = assumptions.accesses();
  }

  /** Seconds of the matrix products of one pass over {@code sequences}. */
  double products(int sequences) {
    double tokens = (double) sequences * workload.model().context();
    double seconds = PRODUCTS * tokens * attentionFlops() / flops;
    for (Parameter matrix : matrices) {
      seconds += PRODUCTS * product(tokens, matrix);
    }
    return seconds;
  }

  /** Seconds of all between the products, which memory bounds. */
  double between(int sequences) {
    double tokens = (double) sequences * workload.model().context();
    return accesses * tokens * workload.valuesBetween() * workload.valueBytes() / bandwidth;
  }

  private double product(double tokens, Parameter matrix) {
    List<Integer> shape = matrix.shape();
    // [out, in], or [blocks, out / blocks, in / blocks], which is one batched product.
    double rows = (double) matrix.size() / shape.get(shape.size() - 1);
    double columns = (double) matrix.size() / shape.get(shape.size() - 2);
    double operations = 2 * tokens * matrix.size();
    double values = tokens * rows + tokens * columns + matrix.size();
    return Math.max(operations / flops, values * workload.valueBytes() / bandwidth);
  }

  private double attentionFlops() {
    return ModelSize.of(workload.model()).attentionFlopsPerToken();
  }
}
