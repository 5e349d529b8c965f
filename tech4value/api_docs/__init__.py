"""The API's pages for people, made from its OpenAPI document."""
