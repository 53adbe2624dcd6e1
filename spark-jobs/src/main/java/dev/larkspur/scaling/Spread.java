package dev.larkspur.scaling;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * The trainings of one model from several seeds.
 *
 * @param size name of the size
 * @param kind label of the kind
 * @param trainings number of seeds
 * @param loss mean of the validation losses, nats a token
 * @param lossDeviation their standard deviation
 * @param perplexity mean of the validation perplexities
 * @param perplexityDeviation their standard deviation
 * @param aboveFirst mean of the loss's distance above that of the first kind from the same seed;
 *     null for the first kind
 * @param aboveFirstHalfWidth of its confidence interval by Student's t
 */
public record Spread(
    String size,
    String kind,
    int trainings,
    double loss,
    double lossDeviation,
    double perplexity,
    double perplexityDeviation,
    Double aboveFirst,
    Double aboveFirstHalfWidth) {

  /** Of each model that has been trained from two seeds or more, in the order of the results. */
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
        loss.getMean(),
        loss.getStandardDeviation(),
        perplexity.getMean(),
        perplexity.getStandardDeviation(),
        compared ? above.getMean() : null,
        compared ? halfWidth(above) : null);
  }

  private static double halfWidth(DescriptiveStatistics values) {
    return values.getStandardDeviation()
        / Math.sqrt((double) values.getN())
        * new TDistribution(values.getN() - 1.0)
            .inverseCumulativeProbability((1 + PowerLaw.CONFIDENCE) / 2);
  }
}
