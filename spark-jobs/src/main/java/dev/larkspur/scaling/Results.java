package dev.larkspur.scaling;

import java.util.ArrayList;
import java.util.List;

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
}
