namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For residual networks without normalization: He's rule times depth^(-1 / (2 layers - 2)), on all weights of a branch
    /// but its last, which is zeros, as is the classifier. L branches of m layers then change the function by as much as one
    /// does at each step. The network also needs scalar biases (0) before each weight and activation, and a scalar
    /// multiplier (1) a branch.
    /// </summary>
    /// <param name="depth">L, the residual branches of the network: 8 in ResNet-18, 16 in ResNet-50.</param>
    /// <param name="layers">m, the weights of a branch, from 2: L^(-1/2) for a basic block's 2, L^(-1/4) for a bottleneck's 3.</param>
    /// <param name="mode">
    /// The fan of He's rule. The paper leaves it open; its code, and so the default here, takes fan-out.
    /// </param>
    /// <remarks>Zhang, Dauphin, Ma: Fixup Initialization: Residual Learning Without Normalization, 2019, section 3.</remarks>
    public static Initializer Fixup(int depth, int layers = 2, FanMode mode = FanMode.Out) =>
        FanIn.Fixup.Form.With(depth, layers, (int)mode);
}

/// <summary>std = sqrt(2 / fan) L^(-1 / (2 m - 2)).</summary>
internal static class Fixup
{
    public static readonly Form<Initializer> Form = new(
        "fixup",
        [
            FormParameter.Count("depth", 1).WithoutDefault(),
            FormParameter.WholeNumber("layers", 2, 2, 1000),
            FormParameter.Choice("mode", FanMode.Out),
        ],
        (form, v) =>
        {
            double factor = RealPower.Of(v[0], -1 / ((2 * v[1]) - 2));
            return new VarianceScaling(
                form,
                v,
                ScaledDistribution.Normal,
                fan => factor * Math.Sqrt(2 / fan.Of((FanMode)v[2]))
            );
        }
    );
}
