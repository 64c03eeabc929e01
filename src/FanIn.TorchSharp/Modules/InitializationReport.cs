using System.Collections.Immutable;

namespace FanIn.TorchSharp;

/// <summary>What an initialization did.</summary>
/// <param name="Plan">Each parameter with its key, fan, initializer and standard deviation.</param>
/// <param name="Lsuv">What data-driven scaling reached, layer by layer in order of execution; empty without it.</param>
public sealed record InitializationReport(Plan Plan, ImmutableArray<LsuvLayer> Lsuv);

/// <summary>What layer-sequential unit variance reached at one layer.</summary>
/// <param name="Parameter">The name of the weight.</param>
/// <param name="VarianceBefore">Variance of the layer's output on the batch with the weights it started from; NaN if never run.</param>
/// <param name="Variance">Variance reached.</param>
/// <param name="Tries">How often the weight was rescaled.</param>
/// <param name="Reached">Whether the variance is within the tolerance of 1.</param>
public sealed record LsuvLayer(string Parameter, double VarianceBefore, double Variance, int Tries, bool Reached);
