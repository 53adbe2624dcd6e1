package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.HeadSpec.HeadParameters;
import java.util.List;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Computes the loss from states [tokens, hidden] and labels [sequences, length]. */
final class HeadLayer extends DecoderLayer<HeadParameters> implements IOutputLayer {
  private static final long serialVersionUID = 1L;
  private transient ComputationGraph graph;
  private String tiedTo;
  private transient INDArray labels;
  private transient boolean scored;
  private transient double summedLoss;

  HeadLayer(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  /** Uses the matrix of another layer of a graph. */
  void tieTo(ComputationGraph owner, String layer) {
    graph = owner;
    tiedTo = layer;
  }

  @Override
  void build() {
    // Nothing is built here, as the tied layer may not exist yet.
  }

  private CrossEntropy crossEntropy() {
    Views matrix = tiedTo == null ? this : (Views) graph.getLayer(tiedTo);
    return new CrossEntropy(matrix, HeadSpec.MATRIX, pass());
  }

  /** Probabilities [tokens, vocabulary], the output of a graph. */
  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    return crossEntropy().probabilities(input);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray dx = pass().scratch().array("head.gradient", input.shape());
    double weight = weight();
    int[] ids = TokenIds.of(labels);
    summedLoss = crossEntropy().lossAndGradient(input, ids, weight, dx);
    score = weight * summedLoss;
    scored = true;
    return new Pair<>(tiedTo == null ? completed() : noGradient(), dx);
  }

  private static Gradient noGradient() {
    return new DefaultGradient();
  }

  /** Summed loss of the last backward pass, in nats. */
  double summedLoss() {
    return summedLoss;
  }

  private double weight() {
    return Double.isNaN(pass().lossWeight()) ? 1.0 / labels.length() : pass().lossWeight();
  }

  /** Returns the score of the preceding backward pass, or computes that of the input. */
  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaces) {
    if (!scored) {
      score = weight() * crossEntropy().loss(input, TokenIds.of(labels));
    }
    scored = false;
    return score + regularization;
  }

  @Override
  public Pair<Gradient, Double> gradientAndScore() {
    return new Pair<>(gradient(), score());
  }

  @Override
  public boolean needsLabels() {
    return true;
  }

  @Override
  public void setLabels(INDArray given) {
    labels = given;
    scored = false;
  }

  @Override
  public INDArray getLabels() {
    return labels;
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    if (tiedTo == null) {
      super.setBackpropGradientsViewArray(gradients);
    }
  }

  @Override
  public INDArray computeScoreForExamples(double regularization, LayerWorkspaceMgr workspaces) {
    throw noClassifier();
  }

  @Override
  public double f1Score(DataSet data) {
    throw noClassifier();
  }

  @Override
  public double f1Score(INDArray examples, INDArray given) {
    throw noClassifier();
  }

  @Override
  @Deprecated
  public int numLabels() {
    throw noClassifier();
  }

  @Override
  public void fit(DataSetIterator data) {
    throw noClassifier();
  }

  @Override
  public int[] predict(INDArray examples) {
    throw noClassifier();
  }

  @Override
  public List<String> predict(DataSet data) {
    throw noClassifier();
  }

  @Override
  public void fit(INDArray examples, INDArray given) {
    throw noClassifier();
  }

  @Override
  public void fit(DataSet data) {
    throw noClassifier();
  }

  @Override
  public void fit(INDArray examples, int[] given) {
    throw noClassifier();
  }

  private static UnsupportedOperationException noClassifier() {
    return new UnsupportedOperationException(
        "the head of a language model is trained in its graph");
  }
}
