using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>A tensor that passed through a model, and the step of the graph that it comes from.</summary>
/// <param name="Node">The step's index.</param>
/// <param name="Shape">The tensor's.</param>
/// <param name="Sample">Some of its values.</param>
/// <param name="Tensor">The tensor itself, detached; null where it wasn't kept.</param>
internal sealed record TracedValue(int Node, long[] Shape, TensorSample Sample, Tensor? Tensor)
{
    public long Count => Sample.Count;
}
