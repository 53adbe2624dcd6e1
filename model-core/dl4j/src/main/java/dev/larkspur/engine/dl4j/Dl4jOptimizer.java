package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.EngineException;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.Optimizer;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The update rule of an optimiser with its settings. */
interface Dl4jOptimizer {

  /**
   * Applies one update; all arrays are [length].
   *
   * @param state arrays by the optimiser's names
   * @param step number of this update, from 1
   * @param gradientScale factor on the gradient
   */
  void update(
      INDArray parameters,
      INDArray gradient,
      Map<String, INDArray> state,
      double learningRate,
      long step,
      double gradientScale);

  /**
   * Returns the implementation of an optimiser.
   *
   * @param scratch memory for intermediate results
   * @throws EngineException if this engine has none
   */
  static Dl4jOptimizer of(Optimizer optimizer, Scratch scratch) {
    if (optimizer instanceof AdamW adamW) {
      return new AdamWUpdate(adamW, scratch);
    }
    if (optimizer instanceof Optimizer.None) {
      return (parameters, gradient, state, learningRate, step, gradientScale) -> {
        throw new IllegalStateException("this replica is only read");
      };
    }
    throw new EngineException(
        "the engine dl4j does not know the optimiser %s: use AdamW, or another engine"
            .formatted(optimizer.getClass().getSimpleName()));
  }

  /**
   * AdamW by ND4J's Adam operator and a separate decay. The operator replaces a gradient with its
   * update in place, and adds ε before the bias correction: with ε·√(1−β₂ᵗ) it computes AdamW's
   * formula.
   */
  record AdamWUpdate(AdamW settings, Scratch scratch) implements Dl4jOptimizer {
    /** Elements per call: a view takes 10 µs, and the gradient of a call is copied. */
    private static final long PART = 1L << 22;

    @Override
    public void update(
        INDArray parameters,
        INDArray gradient,
        Map<String, INDArray> state,
        double learningRate,
        long step,
        double gradientScale) {
      double correction = Math.sqrt(1 - Math.pow(settings.beta2(), (double) step));
      for (long from = 0; from < parameters.length(); from += PART) {
        long to = Math.min(parameters.length(), from + PART);
        INDArray change = scratch.array("adamw.change", to - from);
        part(gradient, from, to).muli(gradientScale, change);
        Nd4j.exec(
            new AdamUpdater(
                change,
                part(state.get(AdamW.SECOND_MOMENT), from, to),
                part(state.get(AdamW.FIRST_MOMENT), from, to),
                learningRate,
                settings.beta1(),
                settings.beta2(),
                settings.epsilon() * correction,
                Math.toIntExact(step - 1)));
        INDArray values = part(parameters, from, to);
        values.muli(1 - learningRate * settings.weightDecay());
        values.subi(change);
      }
    }

    private static INDArray part(INDArray vector, long from, long to) {
      return vector.get(NDArrayIndex.interval(from, to));
    }
  }
}
