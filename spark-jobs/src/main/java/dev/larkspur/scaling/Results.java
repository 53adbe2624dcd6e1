package dev.larkspur.scaling;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * The results of a grid, as far as it has been trained.
 *
 * @param runs its trainings
 * @param fits power laws of the kinds that have been trained in three sizes or more
 * @param spreads spreads of models trained from several seeds
 */
public record Results(List<RunResult> runs, List<KindFit> fits, List<Spread> spreads) {

  /** Copies the lists. */
  public Results {
    runs = List.copyOf(runs);
    fits = List.copyOf(fits);
    spreads = List.copyOf(spreads);
  }

  /** Evaluates trainings. */
  public static Results of(List<RunResult> runs) {
    List<KindFit> fits = new ArrayList<>();
    for (String kind : kinds(runs)) {
      PowerLaw.fit(ofKind(runs, kind)).ifPresent(law -> fits.add(new KindFit(kind, law)));
    }
    return new Results(runs, fits, Spread.of(runs));
  }

  /** Labels of the kinds, in the order of the grid. */
  public List<String> kinds() {
    return kinds(runs);
  }

  /** Trainings of one kind. */
  public List<RunResult> ofKind(String kind) {
    return ofKind(runs, kind);
  }

  private static List<String> kinds(List<RunResult> runs) {
    return runs.stream().map(RunResult::kind).distinct().toList();
  }

  private static List<RunResult> ofKind(List<RunResult> runs, String kind) {
    return runs.stream().filter(run -> run.kind().equals(kind)).toList();
  }

  /**
   * The power law of one kind.
   *
   * @param kind label of the kind
   * @param law over all its sizes and seeds
   */
  public record KindFit(String kind, PowerLaw law) {}

  /**
   * The trainings of one model from several seeds.
   *
   * @param size name of the size
   * @param kind label of the kind
   * @param trainings number of seeds
   * @param losses means and deviations
   * @param distance difference from the first kind
   */
  public record Spread(
      String size,
      String kind,
      int trainings,
      @JsonUnwrapped Losses losses,
      @JsonUnwrapped Distance distance) {

    /**
     * Means and standard deviations over the seeds.
     *
     * @param loss validation loss, nats a token
     * @param perplexity validation perplexity
     */
    public record Losses(
        double loss, double lossDeviation, double perplexity, double perplexityDeviation) {}

    /**
     * How far the loss is above that of the first kind from the same seed.
     *
     * @param aboveFirst mean; null for the first kind
     * @param aboveFirstHalfWidth half the width of its confidence interval by Student's t
     */
    public record Distance(Double aboveFirst, Double aboveFirstHalfWidth) {}

    /** The spread of each model trained from two seeds or more, in the order of the results. */
    static List<Spread> of(List<RunResult> results) {
      List<Spread> spreads = new ArrayList<>();
      for (String size : results.stream().map(RunResult::size).distinct().toList()) {
        List<RunResult> ofSize = results.stream().filter(each -> each.size().equals(size)).toList();
        List<String> kinds = ofSize.stream().map(RunResult::kind).distinct().toList();
        for (String kind : kinds) {
          List<RunResult> own = ofKind(ofSize, kind);
          if (own.size() > 1) {
            spreads.add(of(own, ofKind(ofSize, kinds.get(0))));
          }
        }
      }
      return spreads;
    }

    private static List<RunResult> ofKind(List<RunResult> results, String kind) {
      return results.stream().filter(each -> each.kind().equals(kind)).toList();
    }

    private static Spread of(List<RunResult> own, List<RunResult> first) {
      DescriptiveStatistics loss = new DescriptiveStatistics();
      DescriptiveStatistics perplexity = new DescriptiveStatistics();
      DescriptiveStatistics above = new DescriptiveStatistics();
      for (RunResult each : own) {
        loss.addValue(each.loss());
        perplexity.addValue(each.perplexity());
        first.stream()
            .filter(other -> other.seed() == each.seed() && !other.kind().equals(each.kind()))
            .forEach(other -> above.addValue(each.loss() - other.loss()));
      }
      boolean compared = above.getN() > 1;
      return new Spread(
          own.get(0).size(),
          own.get(0).kind(),
          own.size(),
          new Losses(
              loss.getMean(),
              loss.getStandardDeviation(),
              perplexity.getMean(),
              perplexity.getStandardDeviation()),
          compared ? new Distance(above.getMean(), halfWidth(above)) : new Distance(null, null));
    }

    private static double halfWidth(DescriptiveStatistics values) {
      return values.getStandardDeviation()
          / Math.sqrt((double) values.getN())
          * new TDistribution(values.getN() - 1.0)
              .inverseCumulativeProbability((1 + PowerLaw.CONFIDENCE) / 2);
    }
  }
}
