package dev.larkspur.strategy.dl4j;

import java.io.Serializable;
import java.lang.reflect.Field;
import org.apache.spark.SparkEnv;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.spark.parameterserver.pw.SharedTrainingWrapper;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads the replica that DL4J keeps in an executor, for which DL4J has no public method. */
final class ExecutorReplica {
  private static double lossSum;
  private static long iterations;

  private ExecutorReplica() {}

  /**
   * The measurements of a replica.
   *
   * @param executor Spark's name for the executor
   * @param distance distance of its parameters from the model's, relative to the norm of the
   *     model's
   * @param lossSum summed loss of its iterations since the last measurement
   * @param iterations number of these iterations
   */
  record Measured(String executor, double distance, double lossSum, long iterations)
      implements Serializable {}

  /** Adds up the losses of the replica in this process. */
  static final class Losses extends BaseTrainingListener implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      add(model.score());
    }
  }

  private static synchronized void add(double loss) {
    lossSum += loss;
    iterations++;
  }

  /** Measures the replica in this process; the distance is NaN if there is none. */
  static synchronized Measured measure(float[] parameters) {
    double distance = Double.NaN;
    Model replica = replica();
    if (replica != null) {
      INDArray model = Nd4j.createFromArray(parameters).reshape(replica.params().shape());
      distance = ReplicaListener.distance(replica.params(), model);
      model.close();
    }
    Measured measured = new Measured(SparkEnv.get().executorId(), distance, lossSum, iterations);
    lossSum = 0;
    iterations = 0;
    return measured;
  }

  private static Model replica() {
    try {
      Field instance = SharedTrainingWrapper.class.getDeclaredField("INSTANCE");
      instance.setAccessible(true);
      Field model = SharedTrainingWrapper.class.getDeclaredField("originalModel");
      model.setAccessible(true);
      return (Model) model.get(instance.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this is another version of SharedTrainingWrapper", e);
    }
  }
}
