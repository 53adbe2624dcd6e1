package dev.larkspur.costmodel;

import dev.larkspur.costmodel.Workload.Phase;
import dev.larkspur.engine.GpuType;
import dev.larkspur.model.ModelSize;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.List;

/**
 * Time of one pass of one GPU, by a roofline (Williams et al. 2009): a product takes as long as its
 * FLOPs at the fraction of the peak that products reach, or as reading its operands from memory,
 * whichever is longer. A thin low-rank factor is therefore often bound by memory, and more so the
 * fewer tokens a pass has.
 */
final class ComputeModel {
  /** The forward product, and one for the gradient of each operand. */
  private static final int PRODUCTS = 3;

  private final Workload workload;
  private final Phase phase;
  private final List<Parameter> matrices;
  private final double flops;
  private final double bandwidth;
  private final double accesses;

  /** A model of the first phase of a training, which is the only one without self-guidance. */
  ComputeModel(Workload workload, GpuType gpu, Assumptions assumptions) {
    this(workload, workload.phases().get(0), gpu, assumptions);
  }

  ComputeModel(Workload workload, Phase phase, GpuType gpu, Assumptions assumptions) {
    this.workload = workload;
    this.phase = phase;
    this.matrices = ParameterTable.of(phase.model()).matrices();
    this.flops = assumptions.reached().productShare() * gpu.peak(workload.precision());
    this.bandwidth = assumptions.reached().memoryShare() * gpu.memoryBandwidth();
    this.accesses = assumptions.accesses();
  }

  /** Seconds of the matrix products of one pass over {@code sequences}. */
  double products(int sequences) {
    double tokens = (double) sequences * workload.model().context();
    double seconds = PRODUCTS * tokens * attentionFlops() / flops;
    for (Parameter matrix : matrices) {
      double share = matrix.init() == Parameter.Init.GUIDE ? phase.guideUse() : 1;
      seconds += share * PRODUCTS * product(tokens, matrix);
    }
    return seconds;
  }

  /** Seconds of the operations between the products, which are bound by memory. */
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
