package dev.larkspur.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The product with a block-diagonal matrix, stored as its blocks [blocks, out / blocks, in /
 * blocks]. Each block reads and writes its columns of the activations in place.
 */
final class BlockDiagonal implements Product {
  private final Views views;
  private final String name;
  private final Pass pass;
  private final int blocks;
  private final int height;
  private final int width;

  BlockDiagonal(Views views, String name, Pass pass) {
    this.views = views;
    this.name = name;
    this.pass = pass;
    INDArray stored = views.value(name);
    this.blocks = Math.toIntExact(stored.size(0));
    this.height = Math.toIntExact(stored.size(1));
    this.width = Math.toIntExact(stored.size(2));
  }

  int blocks() {
    return blocks;
  }

  @Override
  public int out() {
    return blocks * height;
  }

  @Override
  public int in() {
    return blocks * width;
  }

  @Override
  public void forward(INDArray x, double alpha, double beta, INDArray y) {
    for (int block = 0; block < blocks; block++) {
      Matrix weight = block(views.value(name), block);
      pass.kernels().multiply(alpha, input(x, block), weight.t(), beta, output(y, block));
    }
  }

  @Override
  public void backward(INDArray x, INDArray dy, double alpha, double beta, INDArray dx) {
    for (int block = 0; block < blocks; block++) {
      Matrix gradient = block(views.gradient(name), block);
      Matrix slope = output(dy, block);
      pass.kernels().multiply(alpha, slope.t(), input(x, block), pass.gradientBeta(), gradient);
      Matrix weight = block(views.value(name), block);
      pass.kernels().multiply(alpha, slope, weight, beta, input(dx, block));
    }
  }

  private Matrix block(INDArray stored, int block) {
    return Matrix.of(stored, (long) block * height * width, height, width);
  }

  private Matrix input(INDArray x, int block) {
    return Matrix.of(x).columns(block * width, width);
  }

  private Matrix output(INDArray y, int block) {
    return Matrix.of(y).columns(block * height, height);
  }
}
