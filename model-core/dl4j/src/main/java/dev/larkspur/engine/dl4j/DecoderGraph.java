package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.VertexSpec.DecoderVertex;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.model.Positions;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A decoder as the configuration of a {@link ComputationGraph}. Inputs are token ids [sequences,
 * length] of 32-bit integers, labels the next ones; activations between the vertices are [sequences
 * · length, width]. The graph's flat vector has the layout of the model's {@link ParameterTable}.
 */
public final class DecoderGraph {
  private static final String EMBEDDING = "embedding";
  static final String HEAD = "head";

  private final ModelConfig config;
  private final ParameterTable table;
  private final GraphBuilder graph;
  private final Update update;

  private DecoderGraph(ModelConfig config, GraphBuilder graph, Update update) {
    this.config = config;
    this.table = ParameterTable.of(config);
    this.graph = graph;
    this.update = update;
  }

  /**
   * How DL4J's {@code fit} updates parameters.
   *
   * @param updater computes updates from gradients
   * @param weightDecay decoupled decay
   */
  public record Update(IUpdater updater, double weightDecay) {}

  /**
   * The configuration of a model that one of DL4J's updaters trains, without weight decay.
   *
   * @param workspaces of training and inference, which must be the same
   */
  public static ComputationGraphConfiguration of(
      ModelConfig config, DataType type, IUpdater updater, WorkspaceMode workspaces) {
    return of(config, type, new Update(updater, 0), workspaces);
  }

  /**
   * The configuration of a model for DL4J's own training.
   *
   * @param workspaces of training and inference, which must be the same
   */
  public static ComputationGraphConfiguration of(
      ModelConfig config, DataType type, Update update, WorkspaceMode workspaces) {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(update.updater())
            // Otherwise fit() divides the gradient by the rows of its input.
            .miniBatch(false)
            .trainingWorkspaceMode(workspaces)
            .inferenceWorkspaceMode(workspaces)
            .graphBuilder()
            .addInputs("tokens");
    return new DecoderGraph(config, builder, update).build();
  }

  /**
   * Frees the activations of a graph; a later pass allocates them again. {@code
   * ComputationGraph.close} frees only its flat vectors.
   */
  public static void release(ComputationGraph graph) {
    for (Layer layer : graph.getLayers()) {
      ((DecoderLayer<?>) layer).release();
    }
    for (GraphVertex vertex : graph.getVertices()) {
      if (vertex instanceof DecoderVertex own) {
        own.release();
      }
    }
  }

  /** A graph's flat vector, of any shape, in the layout of the model's parameters. */
  public static FlatVector vector(INDArray array) {
    return Dl4jVector.over(array, Kernels.ofBackend());
  }

  /** Writes a graph with Adam at its default rate, which {@code fit} trains, without its state. */
  static void write(ModelConfig config, FlatVector parameters, Kernels kernels, OutputStream out)
      throws IOException {
    ComputationGraph graph =
        new ComputationGraph(of(config, DataType.FLOAT, new Adam(), WorkspaceMode.NONE));
    graph.init(Nd4j.create(DataType.FLOAT, 1, parameters.length()), false);
    try {
      Dl4jVector.over(graph.params(), kernels).copy(parameters);
      ModelSerializer.writeModel(graph, out, false);
    } finally {
      graph.close();
    }
  }

  private ComputationGraphConfiguration build() {
    EmbeddingSpec embedding = new EmbeddingSpec();
    embedding.tied = config.variant().tiedEmbedding();
    embedding.take(
        Stream.concat(parameters(EMBEDDING), parameters("positions")).toList(), EMBEDDING + ".");
    addLayer(EMBEDDING, embedding, "tokens");
    String stream = EMBEDDING;
    for (int layer = 0; layer < config.layers(); layer++) {
      stream = layer("layers." + layer, stream);
    }
    addNorm("norm", stream, true);
    HeadSpec head = head();
    head.updater = update.updater();
    head.weightDecay = update.weightDecay();
    graph.addVertex(HEAD, head, "norm");
    // DL4J's validation knows only its own output layers.
    return graph.setOutputs(HEAD).validateOutputLayerConfig(false).build();
  }

  /** Adds a pre-norm layer to a stream; returns the name of the resulting stream. */
  private String layer(String name, String stream) {
    String attention = name + ".attention";
    addNorm(attention + ".norm", stream, false);
    addProjection(attention + ".qkv", attention + ".norm");
    graph.addVertex(attention + ".heads", attention(), attention + ".qkv");
    addProjection(attention + ".out", attention + ".heads");
    boolean parallel = config.variant().residual() == Residual.PARALLEL;
    graph.addVertex(
        attention, parallel ? new StreamSpec() : new ResidualSpec(), stream, attention + ".out");
    addNorm(name + ".ffn.norm", attention, false);
    FeedForwardSpec ffn = new FeedForwardSpec();
    String network = name + ".ffn";
    ffn.take(
        parameters(network).filter(p -> !p.name().startsWith(network + ".norm.")).toList(),
        network + ".");
    addLayer(network, ffn, network + ".norm");
    if (parallel) {
      graph.addVertex(name, new ParallelResidualSpec(), stream, attention + ".out", network);
    } else {
      graph.addVertex(name, new ResidualSpec(), attention, network);
    }
    return name;
  }

  private void addNorm(String name, String input, boolean last) {
    NormSpec norm = new NormSpec();
    norm.norm = config.variant().norm();
    norm.epsilon = config.variant().normEpsilon();
    norm.last = last;
    norm.take(parameters(name).toList(), name + ".");
    addLayer(name, norm, input);
  }

  private void addProjection(String name, String input) {
    ProjectionSpec projection = new ProjectionSpec();
    projection.take(parameters(name).toList(), name + ".");
    addLayer(name, projection, input);
  }

  private void addLayer(String name, LayerSpec layer, String input) {
    layer.weightDecay = update.weightDecay();
    graph.addLayer(name, layer, input);
  }

  private AttentionSpec attention() {
    AttentionConfig shape = config.attention();
    AttentionSpec attention = new AttentionSpec();
    attention.dim = shape.dim();
    attention.queryHeads = shape.queryHeads();
    attention.kvHeads = shape.kvHeads();
    attention.context = config.context();
    if (config.variant().positions() instanceof Positions.Rotary rotary) {
      attention.take(rotary);
    }
    return attention;
  }

  private HeadSpec head() {
    HeadSpec head = new HeadSpec();
    if (config.variant().tiedEmbedding()) {
      head.tiedTo = EMBEDDING;
    } else {
      Parameter matrix = table.parameter("head.weight");
      List<Integer> shape = matrix.shape();
      head.shape = new long[] {shape.get(0), shape.get(1)};
      head.offset = matrix.offset();
    }
    return head;
  }

  /** Parameters of a layer, in the order of the table. */
  private Stream<Parameter> parameters(String layer) {
    return table.parameters().stream().filter(p -> p.name().startsWith(layer + "."));
  }
}
