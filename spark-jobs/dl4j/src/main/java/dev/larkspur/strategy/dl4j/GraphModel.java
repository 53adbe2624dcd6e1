package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.dl4j.DecoderGraph;
import dev.larkspur.optim.AdamW;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.tensor.FlatVector;
import java.util.Map;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The graph that DL4J trains, with the parameters and moments of a run.
 *
 * @param graph its parameters are in the order of the parameter table, its updater's state is all
 *     first moments, then all second moments
 */
record GraphModel(ComputationGraph graph) implements AutoCloseable {

  /**
   * A graph that continues from a replica.
   *
   * @param rateScale factor on the learning rates
   * @param workspaces workspace mode of training and inference
   */
  static GraphModel of(
      RoundPlan plan, double rateScale, WorkspaceMode workspaces, Replica initial) {
    ComputationGraph graph =
        new ComputationGraph(
            DecoderGraph.of(
                plan.model(),
                DataType.FLOAT,
                new DecoderGraph.Update(
                    new AdamWUpdater(plan, rateScale), plan.optimizer().weightDecay()),
                workspaces));
    graph.init();
    GraphModel model = new GraphModel(graph);
    model.parameters().copy(initial.parameters());
    model.optimizerState().forEach((name, to) -> to.copy(initial.optimizerState().vector(name)));
    return model;
  }

  FlatVector parameters() {
    return DecoderGraph.vector(graph.params());
  }

  /** AdamW's moments, by their names. */
  Map<String, FlatVector> optimizerState() {
    INDArray state = graph.getUpdater().getUpdaterStateViewArray();
    long half = state.length() / 2;
    if (half != graph.numParams()) {
      throw new IllegalStateException(
          "DL4J's updater has %d values for %d parameters"
              .formatted(state.length(), graph.numParams()));
    }
    FlatVector moments = DecoderGraph.vector(state);
    return Map.of(
        AdamW.FIRST_MOMENT, moments.slice(0, half), AdamW.SECOND_MOMENT, moments.slice(half, half));
  }

  @Override
  public void close() {
    graph.close();
  }
}
