using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>A network of the zoo, ready to be checked.</summary>
/// <param name="Model">With its weights.</param>
/// <param name="Batch">What it is run on.</param>
/// <param name="Options">Of the check.</param>
internal sealed record ZooModel(nn.Module<Tensor, Tensor> Model, Tensor Batch, SignalCheckOptions Options);

/// <summary>One network of the zoo: a healthy one, or one with a planted fault.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Kind">The planted fault; null for a healthy network.</param>
/// <param name="Layer">
/// The layer that the fault was planted in; of a fault that layers share the first of them, since the most upstream cause is
/// named; "" where it is one of the network as a whole.
/// </param>
/// <param name="Build">Makes it anew.</param>
internal sealed record ZooNetwork(string Name, FindingKind? Kind, string Layer, Func<ZooModel> Build)
{
    /// <summary>The kind that the verdict is; null: healthy, since the planted kind is neutral.</summary>
    public FindingKind? Verdict { get; private init; } = Kind;

    /// <summary>Why the verdict isn't the planted kind; null where it is.</summary>
    public string? Reason { get; private init; }

    public static ZooNetwork Healthy(string name, Func<ZooModel> build) => new(name, null, "", build);

    public static ZooNetwork Faulty(string name, FindingKind kind, string layer, Func<ZooModel> build) =>
        new(name, kind, layer, build);

    /// <summary>A fault that comes with one of a higher order, which then is the verdict.</summary>
    public ZooNetwork Behind(FindingKind verdict, string reason) => this with { Verdict = verdict, Reason = reason };

    /// <summary>Something that is told, but is no fault in itself.</summary>
    public ZooNetwork Neutral(string reason) => this with { Verdict = null, Reason = reason };

    public override string ToString() => Name;
}
