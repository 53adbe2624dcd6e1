package dev.larkspur.engine.dl4j;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.InitialValues;
import dev.larkspur.engine.OptimizerState;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.dl4j.FeedForwardSpec.FeedForwardLayer;
import dev.larkspur.engine.dl4j.VertexSpec.DecoderVertex;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;

/** The decoder as a computation graph, its gradient and its optimiser on one device. */
final class Dl4jReplica implements Replica {
  private final ModelConfig config;
  private final ParameterTable table;
  private final Dl4jDevice device;
  private final Kernels kernels;
  private final Shard shard;
  private final Dl4jVector parameters;
  private final Dl4jVector gradient;
  private final Map<String, Dl4jVector> optimizerState = new LinkedHashMap<>();
  private final ComputationGraph graph;
  private final Pass pass;
  private final Dl4jOptimizer optimizer;

  /** Actions that free the allocated memory, the last allocation first. */
  private final Deque<Runnable> memory = new ArrayDeque<>();

  private double[] guideWeights;

  Dl4jReplica(
      ModelConfig config, Dl4jDevice device, DataType type, Optimizer optimizer, Shard shard) {
    this.config = config;
    this.table = ParameterTable.of(config);
    this.device = device;
    this.kernels = device.kernels();
    this.shard = shard;
    this.pass = new Pass(kernels, type);
    memory.push(pass::close);
    this.optimizer = Dl4jOptimizer.of(optimizer, pass.scratch());
    this.guideWeights = new double[config.layers()];
    this.graph =
        new ComputationGraph(DecoderGraph.of(config, type, new NoOp(), WorkspaceMode.NONE));
    try {
      this.parameters = vector(type, table.length(), optimizer);
      this.gradient = AllocationFailure.explained(this::initGraph, () -> tooLarge(type, optimizer));
      for (String name : optimizer.stateNames()) {
        optimizerState.put(name, vector(type, shard.length(), optimizer));
      }
      pass.accumulate();
      attach();
      requireLayout();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Dl4jVector vector(DataType type, long length, Optimizer settings) {
    Dl4jVector vector =
        AllocationFailure.explained(
            () -> Dl4jVector.zeros(type, length, kernels), () -> tooLarge(type, settings));
    memory.push(vector::close);
    return vector;
  }

  private Dl4jVector initGraph() {
    graph.init(parameters.array(), false);
    memory.push(() -> DecoderGraph.release(graph));
    graph.initGradientsView();
    INDArray gradients = graph.getGradientsViewArray();
    memory.push(gradients::close);
    return Dl4jVector.over(gradients, kernels);
  }

  private String tooLarge(DataType type, Optimizer settings) {
    long vectors = 2L + settings.stateNames().size();
    return "not enough memory for a model of %,d parameters on %s: parameters, gradient and the optimiser's state take %,d MB"
        .formatted(
            table.length(), device.device(), (type.width() * vectors * table.length()) >> 20);
  }

  private void attach() {
    for (Layer layer : graph.getLayers()) {
      ((DecoderLayer<?>) layer).attach(pass);
    }
    for (GraphVertex vertex : graph.getVertices()) {
      if (vertex instanceof DecoderVertex own) {
        own.attach(pass);
      }
    }
  }

  /** Checks that DL4J's topological order of the parameters is the order of the table. */
  private void requireLayout() {
    for (Parameter parameter : table.parameters()) {
      INDArray view = view(parameter);
      long offset = view.offset() - parameters.array().offset();
      if (offset != parameter.offset()) {
        throw new IllegalStateException(
            "%s is at %d of the graph's parameters, but at %d of the table"
                .formatted(parameter.name(), offset, parameter.offset()));
      }
    }
  }

  private INDArray view(Parameter parameter) {
    for (Layer layer : graph.getLayers()) {
      DecoderLayer<?> own = (DecoderLayer<?>) layer;
      String name = own.parameterOf(parameter.name());
      if (name != null) {
        return own.value(name);
      }
    }
    throw new IllegalStateException("no layer has " + parameter.name());
  }

  @Override
  public ParameterTable table() {
    return table;
  }

  @Override
  public FlatVector parameters() {
    return parameters;
  }

  @Override
  public FlatVector gradient() {
    return gradient;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public OptimizerState optimizerState() {
    return new OptimizerState(new LinkedHashMap<String, FlatVector>(optimizerState));
  }

  @Override
  public void initialize(long seed) {
    new InitialValues(config.initStd(), seed, new LapackOrthonormalization())
        .fill(table, parameters);
    for (Layer layer : graph.getLayers()) {
      if (layer instanceof FeedForwardLayer ffn) {
        ffn.startGuides();
      }
    }
  }

  @Override
  public void guide(double[] given) {
    if (given.length != config.layers()) {
      throw new IllegalArgumentException(
          "%d weights of guides for %d layers".formatted(given.length, config.layers()));
    }
    for (double weight : given) {
      if (!(weight >= 0 && weight <= 1)) {
        throw new IllegalArgumentException(
            "a guide's weight is " + weight + ": must be from 0 to 1");
      }
    }
    for (int layer = 0; layer < given.length; layer++) {
      ((FeedForwardLayer) graph.getLayer("layers." + layer + ".ffn")).guide(given[layer]);
    }
    guideWeights = given.clone();
  }

  @Override
  public void clearGradient() {
    gradient.array().assign(0);
  }

  @Override
  public double accumulate(TokenBatch batch, double weight, GradientProgress progress) {
    DataSet data = TokenIds.dataSet(batch);
    pass.lossWeight(weight);
    pass.onCompleted(progress::complete);
    try {
      graph.setInputs(data.getFeatures());
      graph.setLabels(data.getLabels());
      return AllocationFailure.explained(this::gradientAndLoss, this::tooManyTokens);
    } finally {
      pass.onCompleted(offset -> {});
    }
  }

  private double gradientAndLoss() {
    graph.computeGradientAndScore();
    return ((HeadLayer) graph.getLayer(DecoderGraph.HEAD)).summedLoss();
  }

  @Override
  public double loss(TokenBatch batch) {
    pass.lossWeight(1);
    DataSet data = TokenIds.dataSet(batch);
    return AllocationFailure.explained(() -> graph.score(data, false), this::tooManyTokens);
  }

  private String tooManyTokens() {
    return "not enough memory for a pass on %s: lower training.micro-batch, or the model's size"
        .formatted(device.device());
  }

  @Override
  public double gradientNorm(Shard part) {
    return Math.sqrt(
        kernels.sumOfSquares(gradient.array(), part.offset(), part.offset() + part.length()));
  }

  @Override
  public void update(double learningRate, long step, double gradientScale) {
    if (shard.length() == 0) {
      return;
    }
    Map<String, INDArray> state = new LinkedHashMap<>();
    optimizerState.forEach((name, vector) -> state.put(name, vector.array()));
    optimizer.update(own(parameters), own(gradient), state, learningRate, step, gradientScale);
  }

  private INDArray own(Dl4jVector vector) {
    return vector.slice(shard.offset(), shard.length()).array();
  }

  @Override
  public DecodingSession decoding(int sequences, int length, FactorMerge merge) {
    if (sequences < 1 || length < 1 || length > config.context()) {
      throw new IllegalArgumentException(
          "%d sequences of %d tokens: the model reads 1 to %d"
              .formatted(sequences, length, config.context()));
    }
    Dl4jDecoding decoding =
        new Dl4jDecoding(config, device, parameters.array(), sequences, length, merge);
    decoding.guide(guideWeights);
    return decoding;
  }

  @Override
  public void close() {
    while (!memory.isEmpty()) {
      memory.pop().run();
    }
  }
}
