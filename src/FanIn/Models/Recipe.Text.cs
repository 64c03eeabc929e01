namespace FanIn;

public sealed partial record Recipe
{
    /// <summary>The names of the built-in recipes, which <see cref="Parse"/> knows beside those of initializers.</summary>
    public static IReadOnlyCollection<string> Names => RecipeCatalogue.ByName.Keys;

    /// <summary>
    /// The recipe that a text names: a built-in one, with its arguments if it has any (<c>gpt2</c>,
    /// <c>mup(base_width=128)</c>), or the usual one around an initializer (<c>he_normal</c>, see <see cref="Of"/>).
    /// </summary>
    /// <exception cref="SpellingException">Neither a recipe nor an initializer, or wrong arguments; says the nearest name.</exception>
    public static Recipe Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string name = TextForm.Parse(text, "recipe").Name;
        if (RecipeCatalogue.ByName.ContainsKey(name))
        {
            return Form<Recipe>.Parse(text, "recipe", RecipeCatalogue.ByName);
        }
        if (InitializerCatalogue.ByName.ContainsKey(name))
        {
            return Of(Initializer.Parse(text));
        }
        throw OtherNames.CalledHere(name) is { } called
            ? new SpellingException($"unknown recipe {Spelling.Quote(name)}; here it is called {called}")
        : Spelling.Nearest(name, Names.Concat(Initializer.Names)) is { } nearest
            ? new SpellingException($"unknown recipe {Spelling.Quote(name)}; did you mean '{nearest}'?")
        : new SpellingException(
            $"unknown recipe {Spelling.Quote(name)}; known are: {string.Join(", ", Names)}, and every initializer"
        );
    }

    /// <summary>
    /// Reads a recipe from JSON as <c>docs/recipe.schema.json</c> describes it:
    /// <c>{"rules":[{"name":"*.c_proj.weight","init":"normal(std=0.02/sqrt(2*depth))"}]}</c>.
    /// </summary>
    /// <exception cref="SpellingException">Says on which line what is wrong, and the nearest right spelling.</exception>
    public static Recipe FromJson(string json) => RecipeJson.Read(json);

    /// <summary>The recipe as JSON, which <see cref="FromJson"/> reads to an equal one.</summary>
    /// <exception cref="NotSupportedException">A rule has an initializer of one's own, which has no text form.</exception>
    public string ToJson() => RecipeJson.Write(this);
}
