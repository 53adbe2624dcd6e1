package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

/** The graph as DL4J's own tools use it. */
class DecoderGraphTest {
  @TempDir Path directory;

  static Stream<ModelConfig> models() {
    return Stream.concat(
        TestModels.structures().map(TestModels::tiny),
        Stream.of(TestModels.other(), TestModels.published(), TestModels.partlyRotated()));
  }

  private static ComputationGraph graph(ModelConfig config, WorkspaceMode workspaces) {
    ComputationGraph graph =
        new ComputationGraph(DecoderGraph.of(config, DataType.FLOAT, new Adam(3e-3), workspaces));
    INDArray parameters =
        Nd4j.randn(DataType.FLOAT, 1, ParameterTable.of(config).length()).muli(0.1);
    graph.init(parameters, false);
    return graph;
  }

  private static DataSet data(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 2, 9);
    return TokenIds.dataSet(batch);
  }

  @ParameterizedTest
  @MethodSource("models")
  void modelSerializerRestoresTheGraph(ModelConfig config) throws IOException {
    ComputationGraph graph = graph(config, WorkspaceMode.NONE);
    Path file = directory.resolve("model.zip");
    ModelSerializer.writeModel(graph, file.toFile(), true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file.toFile(), true);
    assertThat(restored.getConfiguration()).isEqualTo(graph.getConfiguration());
    assertThat(restored.params()).isEqualTo(graph.params());
    assertThat(restored.score(data(config))).isEqualTo(graph.score(data(config)));
    restored.fit(data(config));
    graph.fit(data(config));
    assertThat(restored.params()).isEqualTo(graph.params());
  }

  @ParameterizedTest
  @MethodSource("models")
  void anExportedModelHasTheLogitsOfTheReplica(ModelConfig config) throws IOException {
    Engine engine = new Dl4jEngine();
    Path file = directory.resolve("exported.zip");
    int[] prompt = {1, 3, 2, 5};
    float[] logits;
    try (Replica replica = engine.replica(config, Device.cpu(1), Precision.FP32)) {
      replica.initialize(3);
      try (OutputStream out = Files.newOutputStream(file)) {
        engine.writeModel(config, replica.parameters(), out);
      }
      try (DecodingSession session = replica.decoding(1, prompt.length)) {
        logits = session.begin(List.of(prompt))[0];
      }
    }
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file.toFile(), false);
    INDArray probabilities = restored.output(Nd4j.createFromArray(new int[][] {prompt}))[0];

    // The logits up to a constant, which is their log-sum-exp.
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    for (int token = 0; token < logits.length; token++) {
      assertThat(Math.log(probabilities.getDouble(prompt.length - 1, token)))
          .isCloseTo(logits[token] - Math.log(sum), within(1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WorkspaceMode.class,
      names = {"NONE", "ENABLED"})
  void fitLearnsABatch(WorkspaceMode workspaces) {
    learns(TestModels.tiny(new FfnStructure.LowRank(5)), workspaces);
    learns(TestModels.published(), workspaces);
  }

  private static void learns(ModelConfig config, WorkspaceMode workspaces) {
    ComputationGraph graph = graph(config, workspaces);
    DataSet data = data(config);
    double before = graph.score(data);
    for (int step = 0; step < 200; step++) {
      graph.fit(data);
    }
    assertThat(graph.score(data)).isLessThan(before / 4);
  }

  @Test
  void untiedModelsLearnWithFitToo() {
    ComputationGraph graph = graph(TestModels.other(), WorkspaceMode.NONE);
    DataSet data = data(TestModels.other());
    double before = graph.score(data);
    for (int step = 0; step < 200; step++) {
      graph.fit(data);
    }
    assertThat(graph.score(data)).isLessThan(before / 4);
  }

  @Test
  void listenersSeeEveryStep() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    ComputationGraph graph = graph(config, WorkspaceMode.NONE);
    List<String> events = new ArrayList<>();
    graph.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            events.add("forward");
          }

          @Override
          public void onBackwardPass(Model model) {
            events.add("backward");
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            events.add("step " + iteration);
          }
        });
    graph.fit(data(config));
    assertThat(events).containsSubsequence("forward", "backward", "step 0");
    assertThat(graph.summary()).contains("layers.1.ffn");
  }

  @ParameterizedTest
  @MethodSource("models")
  void noTokenSeesALaterOne(ModelConfig config) {
    ComputationGraph graph = graph(config, WorkspaceMode.NONE);
    int[][] ids = {{1, 2, 3, 4, 5, 6}};
    INDArray before = graph.outputSingle(false, Nd4j.createFromArray(ids)).dup();
    ids[0][4] = 7;
    INDArray after = graph.outputSingle(false, Nd4j.createFromArray(ids));
    INDArray difference = after.sub(before);
    assertThat(rows(difference, 0, 4).amaxNumber().doubleValue()).isZero();
    assertThat(rows(difference, 4, 5).amaxNumber().doubleValue()).isGreaterThan(1e-6);
    assertThat(before.getRow(0).sumNumber().doubleValue()).isCloseTo(1, within(1e-5));
  }

  private static INDArray rows(INDArray matrix, long from, long to) {
    return matrix.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }
}
