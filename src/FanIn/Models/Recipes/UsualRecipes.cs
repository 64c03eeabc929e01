namespace FanIn;

/// <summary>The rules that are known by a name, with <see cref="Recipe.Of"/>'s usual values around them.</summary>
internal static class UsualRecipes
{
    /// <summary>He (2015), for ReLU: weights N(0, 2 / fan-in).</summary>
    public static readonly Form<Recipe> He = Create("he", Initializer.HeNormal());

    /// <summary>Glorot (2010), for tanh: weights U(+-sqrt(6 / (fan-in + fan-out))).</summary>
    public static readonly Form<Recipe> Xavier = Create("xavier", Initializer.XavierUniform());

    /// <summary>LeCun (1998): weights N(0, 1 / fan-in).</summary>
    public static readonly Form<Recipe> LeCun = Create("lecun", Initializer.LeCunNormal());

    /// <summary>
    /// Self-normalizing networks: weights N(0, 1 / fan-in), biases 0, for which SELU has its fixed point at mean 0 and
    /// variance 1 (Klambauer et al. 2017).
    /// </summary>
    public static readonly Form<Recipe> Selu = Create("selu", Initializer.LeCunNormal());

    /// <summary>Saxe et al. (2013): orthogonal weights, of a gain for the activation.</summary>
    public static readonly Form<Recipe> Orthogonal = new(
        "orthogonal",
        [FormParameter.NotNegative("gain", 1)],
        (form, v) => Recipe.Of(Initializer.Orthogonal(v[0])) with { Name = form.Print(v) }
    );

    private static Form<Recipe> Create(string name, Initializer weights) =>
        new(name, [], (form, v) => Recipe.Of(weights) with { Name = form.Print(v) });
}
