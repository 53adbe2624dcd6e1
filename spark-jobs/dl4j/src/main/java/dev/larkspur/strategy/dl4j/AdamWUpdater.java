package dev.larkspur.strategy.dl4j;

import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.strategy.RoundPlan;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * AdamW's update, the clip and the learning rates of a run as an updater of DL4J, which adds the
 * weight decay itself. All parameters share this updater, so DL4J passes it the complete gradient
 * at once, and its state is one vector: all first moments, then all second moments. DL4J writes the
 * fields as JSON.
 */
public final class AdamWUpdater implements IUpdater {
  private static final long serialVersionUID = 1L;

  private double beta1;
  private double beta2;
  private double epsilon;
  private double gradientClip;
  private double peak;
  private double finalRatio;
  private long warmupSteps;
  private long decaySteps;
  private long steps;
  private LearningRateSchedule.Decay decay;
  private long firstStep;
  private double scale;

  /** For DL4J, which sets the fields. */
  public AdamWUpdater() {}

  /**
   * The updater of a plan.
   *
   * @param scale factor on the learning rates
   */
  AdamWUpdater(RoundPlan plan, double scale) {
    AdamW optimizer = plan.optimizer();
    LearningRateSchedule schedule = plan.schedule();
    this.beta1 = optimizer.beta1();
    this.beta2 = optimizer.beta2();
    this.epsilon = optimizer.epsilon();
    // JSON cannot represent infinity.
    this.gradientClip = Math.min(Double.MAX_VALUE, plan.gradientClip());
    this.peak = schedule.peak();
    this.finalRatio = schedule.finalRatio();
    this.warmupSteps = schedule.warmupSteps();
    this.decaySteps = schedule.decaySteps();
    this.steps = schedule.steps();
    this.decay = schedule.decay();
    this.firstStep = plan.firstStep();
    this.scale = scale;
  }

  @Override
  public long stateSize(long parameters) {
    return 2 * parameters;
  }

  @Override
  public GradientUpdater<AdamWUpdater> instantiate(INDArray state, boolean initialize) {
    Moments moments = new Moments(this);
    moments.take(state, initialize);
    return moments;
  }

  @Override
  public GradientUpdater<AdamWUpdater> instantiate(
      Map<String, INDArray> state, boolean initialize) {
    Moments moments = new Moments(this);
    moments.setState(state, initialize);
    return moments;
  }

  /** The rate of an iteration; DL4J counts them from the start of its training. */
  @Override
  public double getLearningRate(int iteration, int epoch) {
    LearningRateSchedule schedule =
        new LearningRateSchedule(peak, finalRatio, warmupSteps, decaySteps, steps, decay);
    return scale * schedule.at(firstStep + iteration);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double rate, ISchedule schedule) {
    throw new UnsupportedOperationException("the rates are those of the run");
  }

  @Override
  public AdamWUpdater clone() {
    try {
      return (AdamWUpdater) super.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** DL4J combines parameters whose updaters are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof AdamWUpdater updater && toString().equals(updater.toString());
  }

  @Override
  public int hashCode() {
    return Objects.hash(toString());
  }

  @Override
  public String toString() {
    return "AdamW, betas %s and %s, epsilon %s, clip %s, rate %s of %s to %s, warm-up of %s, %s of %s of %s steps from %s"
        .formatted(
            beta1,
            beta2,
            epsilon,
            gradientClip,
            scale,
            peak,
            finalRatio,
            warmupSteps,
            decay,
            decaySteps,
            steps,
            firstStep);
  }

  /** The update with its moments, [parameters] each. */
  private static final class Moments implements GradientUpdater<AdamWUpdater> {
    private static final String FIRST = "first";
    private static final String SECOND = "second";

    private final AdamWUpdater config;
    private INDArray first;
    private INDArray second;

    Moments(AdamWUpdater config) {
      this.config = config;
    }

    void take(INDArray state, boolean initialize) {
      if (initialize) {
        state.assign(0);
      }
      INDArray flat = state.reshape(state.length());
      long half = flat.length() / 2;
      first = flat.get(NDArrayIndex.interval(0, half));
      second = flat.get(NDArrayIndex.interval(half, 2 * half));
    }

    @Override
    public AdamWUpdater getConfig() {
      return config;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
      first = state.get(FIRST);
      second = state.get(SECOND);
      if (initialize) {
        first.assign(0);
        second.assign(0);
      }
    }

    @Override
    public Map<String, INDArray> getState() {
      return Map.of(FIRST, first, SECOND, second);
    }

    @Override
    public void setStateViewArray(INDArray state, long[] shape, char order, boolean initialize) {
      take(state, initialize);
    }

    /** Replaces the gradient by its update, in place. */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      double norm = gradient.norm2Number().doubleValue();
      if (norm > config.gradientClip) {
        gradient.muli(config.gradientClip / norm);
      }
      long step = config.firstStep + iteration;
      // The operator adds epsilon before it corrects the bias.
      double correction = Math.sqrt(1 - Math.pow(config.beta2, step + 1.0));
      Nd4j.exec(
          new AdamUpdater(
              gradient.reshape(gradient.length()),
              second,
              first,
              config.getLearningRate(iteration, epoch),
              config.beta1,
              config.beta2,
              config.epsilon * correction,
              Math.toIntExact(step)));
    }
  }
}
