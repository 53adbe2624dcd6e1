package dev.larkspur.engine.dl4j;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Parameters of a table as views into flat vectors. */
record TableViews(Map<String, INDArray> values, Map<String, INDArray> gradients) implements Views {

  static TableViews of(ParameterTable table, INDArray parameters, INDArray gradient) {
    TableViews views = new TableViews(new HashMap<>(), new HashMap<>());
    for (Parameter parameter : table.parameters()) {
      views.values.put(parameter.name(), view(parameters, parameter));
      if (gradient != null) {
        views.gradients.put(parameter.name(), view(gradient, parameter));
      }
    }
    return views;
  }

  private static INDArray view(INDArray vector, Parameter parameter) {
    long from = parameter.offset();
    long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
    return vector
        .get(NDArrayIndex.interval(from, from + parameter.size()))
        .reshape('c', true, shape);
  }

  @Override
  public boolean has(String name) {
    return values.containsKey(name);
  }

  @Override
  public INDArray value(String name) {
    return values.get(name);
  }

  @Override
  public INDArray gradient(String name) {
    return gradients.get(name);
  }
}
