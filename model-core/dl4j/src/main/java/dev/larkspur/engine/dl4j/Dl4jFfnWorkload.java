package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A {@link FeedForward} without the layers around it. */
final class Dl4jFfnWorkload implements FfnWorkload {
  private static final String NAME = "ffn.";

  /** Similar to trained weights; the speed does not depend on it. */
  private static final double STD = 0.02;

  private final ParameterTable table;
  private final INDArray parameters;
  private final INDArray gradient;
  private final Pass pass;
  private final Scratch kept;
  private final FeedForward ffn;
  private final INDArray input;
  private final INDArray output;
  private final INDArray outputGradient;
  private final INDArray inputGradient;

  Dl4jFfnWorkload(int hidden, FfnConfig ffn, int tokens, Dl4jDevice device, DataType type) {
    this.table = ParameterTable.ofFfn(hidden, ffn);
    this.parameters = normal(type, table.length()).muli(STD);
    this.gradient = Nd4j.create(type, new long[] {table.length()}, 'c');
    this.pass = new Pass(device.kernels(), type);
    this.kept = new Scratch(type);
    this.ffn = new FeedForward(TableViews.of(table, parameters, gradient), NAME, pass, kept);
    this.input = normal(type, tokens, hidden);
    this.output = Nd4j.create(type, new long[] {tokens, hidden}, 'c');
    this.outputGradient = Nd4j.create(type, new long[] {tokens, hidden}, 'c').assign(1);
    this.inputGradient = Nd4j.create(type, new long[] {tokens, hidden}, 'c');
  }

  private static INDArray normal(DataType type, long... shape) {
    return Nd4j.randn(type, shape).dup('c');
  }

  @Override
  public long parameters() {
    return table.matrices().stream().mapToLong(Parameter::size).sum();
  }

  @Override
  public void forward() {
    ffn.forward(input, output);
  }

  @Override
  public void forwardAndBackward() {
    ffn.forward(input, output);
    ffn.backward(input, outputGradient, inputGradient);
  }

  @Override
  public void close() {
    kept.close();
    pass.close();
    for (INDArray array :
        new INDArray[] {parameters, gradient, input, output, outputGradient, inputGradient}) {
      array.close();
    }
  }
}
