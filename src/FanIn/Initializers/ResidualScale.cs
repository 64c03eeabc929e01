namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// GPT-2's rule for the projections that end a residual branch (attention's and the MLP's output): w ~ N(0, s^2) with
    /// s = <paramref name="std"/> / sqrt(2 <paramref name="depth"/>). A transformer of L blocks adds up 2 L branches, and so
    /// the stream's variance stays what one branch of the full std would give. All its other weights and embeddings are
    /// <c>normal(std=0.02)</c>. Depth-aware rules that count blocks up to the own one (torchtitan) are
    /// <c>gpt2_residual(depth=layer+1)</c>.
    /// </summary>
    /// <param name="depth">Blocks, each of two branches; 12 in GPT-2 small, where s = 0.00408.</param>
    /// <param name="std">That of the other weights.</param>
    /// <remarks>Radford et al.: Language Models are Unsupervised Multitask Learners, 2019, section 2.3.</remarks>
    public static Initializer Gpt2Residual(int depth, double std = 0.02) => ResidualScale.Gpt2.With(depth, std);

    /// <summary>
    /// Megatron-LM's <c>scaled_init_method_normal</c> for the projections that end a residual branch: w ~ N(0, s^2) with
    /// s = <paramref name="std"/> / sqrt(<paramref name="multiplier"/> <paramref name="depth"/>). At multiplier 2 it is
    /// <see cref="Gpt2Residual"/>; at 1, for blocks of one branch, GPT-NeoX's <c>single_residual_scaled_normal</c>.
    /// </summary>
    /// <param name="depth">Blocks.</param>
    /// <param name="std">That of the other weights.</param>
    /// <param name="multiplier">Branches a block.</param>
    /// <remarks>
    /// Shoeybi et al.: Megatron-LM, 2019, section 4.1. OLMo's <c>full_megatron</c> cuts it at 3 standard deviations:
    /// <c>truncated_normal(std=0.02/sqrt(2*depth),a=-3,b=3)</c>.
    /// </remarks>
    public static Initializer MegatronScaled(int depth, double std = 0.02, double multiplier = 2) =>
        ResidualScale.Megatron.With(depth, std, multiplier);

    /// <summary>
    /// w ~ N(0, 2 / (5 <paramref name="width"/>)): Xavier's std between the stream and a hidden layer of four times its
    /// width, taken for every matrix of a transformer and for its embeddings. With <see cref="WangInit"/> for the projections that end
    /// a branch it is what GPT-NeoX calls <c>small_init</c>.
    /// </summary>
    /// <param name="width">The width d of the residual stream, whatever the matrix.</param>
    /// <remarks>Nguyen, Salazar: Transformers without Tears, 2019, section 2.2.</remarks>
    public static Initializer SmallInit(int width) => ResidualScale.Small.With(width);

    /// <summary>
    /// For the projections that end a residual branch: w ~ N(0, s^2) with s = 2 / (<paramref name="depth"/>
    /// sqrt(<paramref name="width"/>)). GPT-NeoX's <c>wang_init</c>, beside <see cref="SmallInit"/>.
    /// </summary>
    /// <param name="depth">Blocks.</param>
    /// <param name="width">The width d of the residual stream, whatever the matrix.</param>
    /// <remarks>Wang, Komatsuzaki: Mesh Transformer JAX (GPT-J), 2021; Black et al.: GPT-NeoX-20B, 2022, section 2.1.3.</remarks>
    public static Initializer WangInit(int depth, int width) => ResidualScale.Wang.With(depth, width);
}

/// <summary>Normals whose std follows from the depth and width of the whole model, not from the tensor's fan.</summary>
internal static class ResidualScale
{
    public static readonly Form<Initializer> Gpt2 = new(
        "gpt2_residual",
        [FormParameter.Count("depth", 1).WithoutDefault(), FormParameter.NotNegative("std", 0.02)],
        (form, v) => new Normal(form, v, 0, v[1] / Math.Sqrt(2 * v[0]))
    );

    public static readonly Form<Initializer> Megatron = new(
        "megatron_scaled",
        [
            FormParameter.Count("depth", 1).WithoutDefault(),
            FormParameter.NotNegative("std", 0.02),
            FormParameter.Positive("multiplier", 2),
        ],
        (form, v) => new Normal(form, v, 0, v[1] / Math.Sqrt(v[2] * v[0]))
    );

    public static readonly Form<Initializer> Small = new(
        "small_init",
        [FormParameter.Count("width", 1).WithoutDefault()],
        (form, v) => new Normal(form, v, 0, Math.Sqrt(2 / (5 * v[0])))
    );

    public static readonly Form<Initializer> Wang = new(
        "wang_init",
        [FormParameter.Count("depth", 1).WithoutDefault(), FormParameter.Count("width", 1).WithoutDefault()],
        (form, v) => new Normal(form, v, 0, 2 / v[0] / Math.Sqrt(v[1]))
    );
}
