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
/// The layer at fault: its name, "" for the network as a whole, <c>*</c> where all layers share the fault.
/// </param>
/// <param name="Build">Makes it anew.</param>
internal sealed record ZooNetwork(string Name, FindingKind? Kind, string Layer, Func<ZooModel> Build)
{
    public static ZooNetwork Healthy(string name, Func<ZooModel> build) => new(name, null, "", build);

    public static ZooNetwork Faulty(string name, FindingKind kind, string layer, Func<ZooModel> build) =>
        new(name, kind, layer, build);

    public override string ToString() => Name;
}
